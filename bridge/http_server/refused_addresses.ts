/** Addresses that keep sending what is no request. @module */

import type { Clock } from "../../lib/clock.ts";
import { networkOf } from "../../lib/network.ts";
import type { RefusedRequest } from "../ops/request_refusals.ts";
import { isSharedAddress } from "./shared_addresses.ts";

/** When an address is refused, for how long, and how many are remembered. */
export const REFUSED_ADDRESS_LIMITS = {
  /** Invalid requests and frames within `windowMs` after which an address is refused. */
  most: 10,
  /** Time from the first that is counted, in milliseconds. */
  windowMs: 10_000,
  /** How long an address is refused the first time, in milliseconds. Each time after it is twice as long. */
  refusedMs: 10_000,
  /** Longest time for which an address is refused, in milliseconds. */
  maxRefusedMs: 300_000,
  /** Time without an invalid request after which the next refusal is a first one, in milliseconds. */
  forgottenMs: 600_000,
  /** Maximum number of addresses; the one that sent its first longest ago is forgotten. */
  addresses: 10_000,
} as const;

interface Invalid {
  /** Invalid requests in the window. */
  count: number;
  /** When the first that is counted came. */
  since: number;
  /** When the last one came. */
  lastAt: number;
  /** How often the address was refused. */
  refusals: number;
  /** Until when it is refused. */
  refusedUntil: number;
}

/**
 * Counts invalid requests for each address, and refuses one that sends many: a
 * refused one costs no more than an open connection. 127.0.0.1 and ::1 are not
 * counted.
 */
export class RefusedAddresses {
  readonly #clock: Pick<Clock, "now">;
  readonly #byNetwork = new Map<string, Invalid>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Number of addresses that are remembered. */
  get size(): number {
    return this.#byNetwork.size;
  }

  /** Counts an invalid request of an address. */
  addInvalid(address: string | undefined): void {
    const limits = REFUSED_ADDRESS_LIMITS;
    if (isSharedAddress(address)) return;
    const now = this.#clock.now();
    const invalid = this.#invalidOf(networkOf(address!), now);
    invalid.lastAt = now;
    if (++invalid.count < limits.most || now < invalid.refusedUntil) return;
    invalid.refusedUntil = now + Math.min(
      limits.maxRefusedMs,
      limits.refusedMs * 2 ** invalid.refusals,
    );
    invalid.refusals++;
  }

  /** Whether an address is refused at the moment. */
  isRefused(address: string | undefined): boolean {
    if (this.#byNetwork.size === 0) return false;
    const invalid = this.#byNetwork.get(networkOf(address ?? ""));
    return invalid !== undefined && this.#clock.now() < invalid.refusedUntil;
  }

  #invalidOf(network: string, now: number): Invalid {
    const { windowMs, forgottenMs, addresses } = REFUSED_ADDRESS_LIMITS;
    const known = this.#byNetwork.get(network);
    if (known !== undefined && now - known.lastAt < forgottenMs) {
      if (now - known.since >= windowMs) {
        known.count = 0;
        known.since = now;
      }
      return known;
    }
    const invalid: Invalid = {
      count: 0,
      since: now,
      lastAt: now,
      refusals: 0,
      refusedUntil: -Infinity,
    };
    // Inserted last, so that the first entry of the map is the oldest.
    this.#byNetwork.delete(network);
    this.#byNetwork.set(network, invalid);
    if (this.#byNetwork.size > addresses) {
      this.#byNetwork.delete(this.#byNetwork.keys().next().value!);
    }
    return invalid;
  }
}

/** Describes a connection of a refused address. */
export function toRefusedAddress(address: string | undefined): RefusedRequest {
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
