/** Who has come for a WebSocket: what is told of him, and the room that he takes. @module */

import type { Grant } from "../access/grant.ts";
import type { Visit } from "../endpoint/endpoint.ts";
import type { Seat } from "./connection_quota.ts";

/** Tells one who came from others, in logs. */
export function newConnectionId(): string {
  return crypto.randomUUID().slice(0, 8);
}

/** See the module. */
export class Visitor implements Visit {
  /** See {@linkcode Visit}. */
  readonly connection: string;
  /** See {@linkcode Visit}. */
  readonly path: string;
  /** See {@linkcode Visit}. */
  readonly address: string | undefined;
  /** See {@linkcode Visit}. */
  readonly at: number;
  /** See {@linkcode Visit}. */
  grant: string | undefined;
  readonly #seat: Seat;

  /**
   * @param connection What he is called in logs.
   * @param seat The room that he takes.
   * @param path What he asks for.
   * @param address Where he comes from.
   * @param at When.
   */
  constructor(
    connection: string,
    seat: Seat,
    path: string,
    address: string | undefined,
    at: number,
  ) {
    this.connection = connection;
    this.#seat = seat;
    this.path = path;
    this.address = address;
    this.at = at;
  }

  /** Counts him for his token; false where that has no room. */
  admit({ name }: Grant): boolean {
    this.grant = name;
    return this.#seat.admit(name);
  }

  /** `admit` for who does not know him. */
  admitter(): (grant: Grant) => boolean {
    return (grant) => this.admit(grant);
  }

  /** Gives the room back. */
  leave(): void {
    this.#seat.leave();
  }
}
