/** Addresses that send many invalid requests, or leave many answers unread. @module */

import type { Clock } from "../../lib/clock.ts";
import { networkOf } from "../../lib/network.ts";
import type { RefusedRequest } from "../ops/request_refusals.ts";
import { isSharedAddress } from "./shared_addresses.ts";

/** When an address is refused, for how long, and how many are remembered. */
export const REFUSED_ADDRESS_LIMITS = {
  /** Number of offences within `windowMs` after which an address is refused. */
  most: 10,
  /** Time from the first that is counted, in milliseconds. */
  windowMs: 10_000,
  /** How long an address is refused the first time, in milliseconds. Each time after it is twice as long. */
  refusedMs: 10_000,
  /** Longest time for which an address is refused, in milliseconds. */
  maxRefusedMs: 300_000,
  /** Time without an offence after which the next refusal is a first one, in milliseconds. */
  forgottenMs: 600_000,
  /** Maximum number of addresses; the one whose first offence is longest ago is forgotten. */
  addresses: 10_000,
} as const;

interface Offences {
  /** Those in the window. */
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
 * Counts the offences of each address: invalid requests and frames, and
 * connections of plain HTTP that were cut because answers were not read. An
 * address that has many is refused, and costs no more than open connections.
 * 127.0.0.1 and ::1 are not counted.
 */
export class RefusedAddresses {
  readonly #clock: Pick<Clock, "now">;
  readonly #byNetwork = new Map<string, Offences>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Number of addresses that are remembered. */
  get size(): number {
    return this.#byNetwork.size;
  }

  /** Counts an offence of an address. */
  add(address: string | undefined): void {
    const limits = REFUSED_ADDRESS_LIMITS;
    if (isSharedAddress(address)) return;
    const now = this.#clock.now();
    const offences = this.#offencesOf(networkOf(address!), now);
    offences.lastAt = now;
    if (++offences.count < limits.most || now < offences.refusedUntil) return;
    offences.refusedUntil = now + Math.min(
      limits.maxRefusedMs,
      limits.refusedMs * 2 ** offences.refusals,
    );
    offences.refusals++;
  }

  /** Whether an address is refused at the moment. */
  isRefused(address: string | undefined): boolean {
    if (this.#byNetwork.size === 0) return false;
    const offences = this.#byNetwork.get(networkOf(address ?? ""));
    return offences !== undefined && this.#clock.now() < offences.refusedUntil;
  }

  #offencesOf(network: string, now: number): Offences {
    const { windowMs, forgottenMs, addresses } = REFUSED_ADDRESS_LIMITS;
    const known = this.#byNetwork.get(network);
    if (known !== undefined && now - known.lastAt < forgottenMs) {
      if (now - known.since >= windowMs) {
        known.count = 0;
        known.since = now;
      }
      return known;
    }
    const offences: Offences = {
      count: 0,
      since: now,
      lastAt: now,
      refusals: 0,
      refusedUntil: -Infinity,
    };
    // Inserted last, so that the first entry of the map is the oldest.
    this.#byNetwork.delete(network);
    this.#byNetwork.set(network, offences);
    if (this.#byNetwork.size > addresses) {
      this.#byNetwork.delete(this.#byNetwork.keys().next().value!);
    }
    return offences;
  }
}

/** Describes a connection of a refused address. */
export function toRefusedAddress(address: string | undefined): RefusedRequest {
  const value = "invalid requests or unread answers";
  const action = "find out which program at this address causes them";
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
