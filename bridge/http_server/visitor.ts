/** Who has come for a WebSocket: what is told of him, and the room that he takes. @module */

import type { Grant } from "../access/grant.ts";
import type { ConnectionInfo } from "../endpoint/endpoint.ts";
import type { ConnectionSlot } from "./connection_quota.ts";

/** Tells one who came from others, in logs. */
export function newConnectionId(): string {
  return crypto.randomUUID().slice(0, 8);
}

/** See the module. */
export class TrackedConnection implements ConnectionInfo {
  /** See {@linkcode ConnectionInfo}. */
  readonly connection: string;
  /** See {@linkcode ConnectionInfo}. */
  readonly path: string;
  /** See {@linkcode ConnectionInfo}. */
  readonly address: string | undefined;
  /** See {@linkcode ConnectionInfo}. */
  readonly at: number;
  /** See {@linkcode ConnectionInfo}. */
  grant: string | undefined;
  readonly #seat: ConnectionSlot;

  /**
   * @param connection What he is called in logs.
   * @param seat The room that he takes.
   * @param path What he asks for.
   * @param address Where he comes from.
   * @param at When.
   */
  constructor(
    connection: string,
    seat: ConnectionSlot,
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
  release(): void {
    this.#seat.release();
  }
}
