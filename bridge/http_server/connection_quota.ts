/** Connection limits: in total, per address and per token. @module */

import { networkOf } from "../../lib/network.ts";
import type { RefusedRequest } from "../ops/request_refusals.ts";

/** Maximum number of open WebSockets and event streams together. */
export interface ConnectionLimits {
  readonly all: number;
  /** Per address; per /64 network for IPv6, because one customer has a whole one. */
  readonly address: number;
  readonly token: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  all: 20_000,
  address: 1000,
  token: 10_000,
};

/** Share of all connections that may be without a token. */
const TOKENLESS_SHARE = 1 / 2;

/** Share of all connections that only those with a token may use. */
const RESERVED_SHARE = 1 / 10;

/** Maximum number of connections without a token for each address, where addresses are limited. */
const MAX_TOKENLESS_OF_ADDRESS = 256;

/** The limit that is reached. */
export type QuotaExceeded = keyof ConnectionLimits | "tokenless";

/** The setting of each limit. */
const SETTINGS: Readonly<Record<QuotaExceeded, string>> = {
  all: "connections",
  tokenless: "connections",
  address: "connectionsPerAddress",
  token: "connectionsPerToken",
};

/** Describes a connection over a limit. */
export function toRefusedConnection(
  limit: QuotaExceeded,
  address: string | undefined,
  grant?: string,
): RefusedRequest {
  const value = SETTINGS[limit];
  const action = limit === "tokenless"
    ? "send the token with the handshake"
    : `raise ${value}`;
  return { reason: "quota", value, address, grant, action };
}

/** The place of one connection in the quota. */
export interface ConnectionSlot {
  /** Counts the connection for its token, once it is known. Returns false if the token's limit is reached. */
  admit(token: string): boolean;
  /** Counts the connection as one whose token is still to come. Returns the limit that is reached, if one is. */
  admitTokenless(): QuotaExceeded | undefined;
  release(): void;
}

/** Counts open connections against {@linkcode ConnectionLimits}. */
export class ConnectionQuota {
  readonly #limits: ConnectionLimits;
  readonly #byAddress = new Map<string, number>();
  readonly #byToken = new Map<string, number>();
  readonly #tokenlessByAddress = new Map<string, number>();
  #all = 0;
  #tokenless = 0;

  constructor(limits: Partial<ConnectionLimits> = {}) {
    this.#limits = { ...DEFAULT_CONNECTION_LIMITS, ...limits };
  }

  /** Number of open connections. */
  get taken(): number {
    return this.#all;
  }

  /** Counts a connection from an address, or returns the limit that is reached. */
  acquire(address: string | undefined): ConnectionSlot | QuotaExceeded {
    const network = networkOf(address ?? "");
    const { all, address: most } = this.#limits;
    if (this.#all >= all) return "all";
    if (!add(this.#byAddress, network, most)) return "address";
    this.#all++;
    return new AcquiredSlot(this, network);
  }

  /** For slots: counts a token. */
  admit(token: string): boolean {
    return add(this.#byToken, token, this.#limits.token);
  }

  /** For slots: counts a connection whose token is still to come. */
  admitTokenless(network: string): QuotaExceeded | undefined {
    const { all, address } = this.#limits;
    const isFull = this.#tokenless >= Math.ceil(TOKENLESS_SHARE * all) ||
      this.#all > all - Math.ceil(RESERVED_SHARE * all);
    if (isFull) return "tokenless";
    const most = address === Infinity ? Infinity : MAX_TOKENLESS_OF_ADDRESS;
    if (!add(this.#tokenlessByAddress, network, most)) return "address";
    this.#tokenless++;
    return undefined;
  }

  /** For slots: ends the count of {@linkcode admitTokenless}. */
  releaseTokenless(network: string): void {
    this.#tokenless--;
    remove(this.#tokenlessByAddress, network);
  }

  /** For slots: ends a connection. */
  release(network: string, token: string | undefined): void {
    this.#all--;
    remove(this.#byAddress, network);
    if (token !== undefined) remove(this.#byToken, token);
  }
}

class AcquiredSlot implements ConnectionSlot {
  readonly #quota: ConnectionQuota;
  readonly #network: string;
  #token: string | undefined;
  #isTokenless = false;
  #isReleased = false;

  constructor(quota: ConnectionQuota, network: string) {
    this.#quota = quota;
    this.#network = network;
  }

  admit(token: string): boolean {
    if (this.#isReleased || this.#token !== undefined) {
      return !this.#isReleased && this.#token === token;
    }
    if (!this.#quota.admit(token)) return false;
    this.#token = token;
    this.#endTokenless();
    return true;
  }

  admitTokenless(): QuotaExceeded | undefined {
    if (this.#isReleased || this.#isTokenless) return undefined;
    const exceeded = this.#quota.admitTokenless(this.#network);
    this.#isTokenless = exceeded === undefined;
    return exceeded;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#endTokenless();
    this.#quota.release(this.#network, this.#token);
  }

  #endTokenless(): void {
    if (this.#isTokenless) this.#quota.releaseTokenless(this.#network);
    this.#isTokenless = false;
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
