/** Addresses that keep sending what is no request. @module */

import type { Clock } from "../../lib/clock.ts";
import { networkOf } from "../../lib/network.ts";
import type { RefusedRequest } from "../ops/request_refusals.ts";

/** When an address is refused, and how many are remembered. */
export const INVALID_REQUEST_LIMITS = {
  /** Invalid requests and frames within `windowMs` after which an address is refused. */
  most: 10,
  /** Time from the first that is counted, in milliseconds. */
  windowMs: 10_000,
  /** How long the connections of such an address are ended at once, in milliseconds. Attempts do not prolong it. */
  refusedMs: 10_000,
  /** Maximum number of addresses; the one that sent its first longest ago is forgotten. */
  addresses: 10_000,
} as const;

/** Addresses that all clients of this machine have, and a proxy of which nothing was said. */
const SHARED: ReadonlySet<string> = new Set([
  "",
  "127.0.0.1",
  "::ffff:127.0.0.1",
  "::1",
]);

interface Invalid {
  count: number;
  /** When the first that is counted came. */
  readonly since: number;
  /** Until when its connections are ended. */
  refusedUntil: number;
}

/**
 * Counts invalid requests for each address, so that one that sends nothing else
 * costs no more than the end of its connections. 127.0.0.1 and ::1 are not counted.
 */
export class InvalidRequests {
  readonly #clock: Pick<Clock, "now">;
  readonly #byNetwork = new Map<string, Invalid>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Number of addresses that are remembered. */
  get addresses(): number {
    return this.#byNetwork.size;
  }

  /** Counts an invalid request of an address. */
  add(address: string | undefined): void {
    const { most, windowMs, refusedMs, addresses } = INVALID_REQUEST_LIMITS;
    if (SHARED.has(address ?? "")) return;
    const network = networkOf(address ?? "");
    const now = this.#clock.now();
    let invalid = this.#byNetwork.get(network);
    if (invalid === undefined || now - invalid.since >= windowMs) {
      invalid = {
        count: 0,
        since: now,
        refusedUntil: invalid?.refusedUntil ?? -Infinity,
      };
      // Inserted last, so that the first entry of the map is the oldest.
      this.#byNetwork.delete(network);
      this.#byNetwork.set(network, invalid);
      if (this.#byNetwork.size > addresses) {
        this.#byNetwork.delete(this.#byNetwork.keys().next().value!);
      }
    }
    if (++invalid.count >= most) invalid.refusedUntil = now + refusedMs;
  }

  /** Whether the connections of an address are ended at once. */
  isRefused(address: string | undefined): boolean {
    if (this.#byNetwork.size === 0) return false;
    const invalid = this.#byNetwork.get(networkOf(address ?? ""));
    return invalid !== undefined && this.#clock.now() < invalid.refusedUntil;
  }
}

/** Describes a connection of an address that sends invalid requests. */
export function toRefusedSender(address: string | undefined): RefusedRequest {
  const value = "invalid requests";
  const action = "find out what sends them from this address";
  return { reason: "quota", value, address, action };
}

/**
 * Whether an error of a parser means that a client sends no HTTP or no frames.
 * What is only too long is not: a browser may have many cookies.
 */
export function isInvalidRequest(error: Error): boolean {
  const { code = "" } = error as { code?: unknown };
  return INVALID.test(String(code));
}

const INVALID =
  /^(HPE_(?!\w*OVERFLOW)|WS_ERR_(UNEXPECTED|EXPECTED|INVALID_(OPCODE|CONTROL)))/;
