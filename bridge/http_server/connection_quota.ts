/** Room for connections: in all, for an address, for a token. @module */

import { networkOf } from "../../lib/network.ts";

/** Most connections of clients at a time, WebSockets and event streams together. */
export interface ConnectionLimits {
  /** In all. */
  readonly all: number;
  /** Of one address; of IPv6, of the 64 bits that one customer has. */
  readonly address: number;
  /** With one token. */
  readonly token: number;
}

/** The limits unless the front is made with others. */
export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  all: 20_000,
  address: 1000,
  token: 10_000,
};

/** Which of the limits is reached. */
export type QuotaExceeded = keyof ConnectionLimits;

/** The room that one connection has taken. */
export interface ConnectionSlot {
  /** Counts it for a token too, once it is known; false where that has no room. */
  admit(token: string): boolean;
  /** Gives the room back. */
  release(): void;
}

/** See the module. */
export class ConnectionQuota {
  readonly #limits: ConnectionLimits;
  readonly #byAddress = new Map<string, number>();
  readonly #byToken = new Map<string, number>();
  #all = 0;

  constructor(limits: Partial<ConnectionLimits> = {}) {
    this.#limits = { ...DEFAULT_CONNECTION_LIMITS, ...limits };
  }

  /** How many are taken. */
  get taken(): number {
    return this.#all;
  }

  /** Takes one for a client's address, or tells which limit is reached. */
  acquire(address: string | undefined): ConnectionSlot | QuotaExceeded {
    const network = networkOf(address ?? "");
    const { all, address: most } = this.#limits;
    if (this.#all >= all) return "all";
    if (!add(this.#byAddress, network, most)) return "address";
    this.#all++;
    return new AcquiredSlot(this, network);
  }

  /** Counts a token. For seats. */
  admit(token: string): boolean {
    return add(this.#byToken, token, this.#limits.token);
  }

  /** Gives a seat's room back. For seats. */
  release(network: string, token: string | undefined): void {
    this.#all--;
    remove(this.#byAddress, network);
    if (token !== undefined) remove(this.#byToken, token);
  }
}

class AcquiredSlot implements ConnectionSlot {
  readonly #seats: ConnectionQuota;
  readonly #network: string;
  #token: string | undefined;
  #left = false;

  constructor(seats: ConnectionQuota, network: string) {
    this.#seats = seats;
    this.#network = network;
  }

  admit(token: string): boolean {
    if (this.#left || this.#token !== undefined) {
      return !this.#left && this.#token === token;
    }
    if (!this.#seats.admit(token)) return false;
    this.#token = token;
    return true;
  }

  release(): void {
    if (this.#left) return;
    this.#left = true;
    this.#seats.release(this.#network, this.#token);
  }
}

function add(counts: Map<string, number>, key: string, most: number): boolean {
  const count = counts.get(key) ?? 0;
  if (count >= most) return false;
  counts.set(key, count + 1);
  return true;
}

function remove(counts: Map<string, number>, key: string): void {
  const left = counts.get(key)! - 1;
  if (left === 0) counts.delete(key);
  else counts.set(key, left);
}
