/** The connections of clients that are open. @module */

import type { Grant } from "../access/grant.ts";

/** What an open connection does at the moment. */
export interface ConnectionState {
  /** Number of accounts whose events it receives, or `all`. */
  readonly accounts: "all" | number;
  /** Names of the events that it receives; undefined for all, or if it receives none. */
  readonly events?: readonly string[] | undefined;
  /** Id of its consumer; undefined if it has none. */
  readonly consumer?: string | undefined;
  /** Position up to which it has every event; undefined if it receives none. */
  readonly position?: number | undefined;
  /** Number of events that were sent and not acknowledged. */
  readonly unacked: number;
  readonly bufferedBytes: number;
  /** Number of commands in the current minute of its rate. */
  readonly commands: number;
}

/** A connection as the list of connections shows it. */
export interface OpenConnection {
  /** Id of the connection in the log. */
  readonly id: string;
  /** Kind of the endpoint. */
  readonly kind: string;
  readonly grant: Grant;
  /** Address of the client; undefined if it is not known. */
  readonly address: string | undefined;
  /** When it was opened, in milliseconds since 1970. */
  readonly since: number;
  state(): ConnectionState;
  /** Closes it, so that its client connects again. */
  disconnect(): void;
}

/** Lists the open connections. Their number is limited where they are accepted. */
export class OpenConnections {
  readonly #byId = new Map<string, OpenConnection>();
  readonly #counts = new Map<string, number>();

  /** Adds a connection. Returns a function that removes it. */
  add(connection: OpenConnection): () => void {
    const { id, grant } = connection;
    this.#byId.set(id, connection);
    this.#count(grant.id, 1);
    return () => {
      if (this.#byId.get(id) !== connection) return;
      this.#byId.delete(id);
      this.#count(grant.id, -1);
    };
  }

  /** Returns all connections, in the order of their ids. */
  list(): OpenConnection[] {
    return [...this.#byId.values()].sort((a, b) => a.id < b.id ? -1 : 1);
  }

  find(id: string): OpenConnection | undefined {
    return this.#byId.get(id);
  }

  /** Returns the number of connections of a token. */
  countOf(tokenId: string): number {
    return this.#counts.get(tokenId) ?? 0;
  }

  #count(tokenId: string, change: 1 | -1): void {
    const count = this.countOf(tokenId) + change;
    if (count === 0) this.#counts.delete(tokenId);
    else this.#counts.set(tokenId, count);
  }
}
