/** How fast one address is answered over plain HTTP. @module */

import { type Clock, sleep } from "../../lib/clock.ts";
import { networkOf } from "../../lib/network.ts";
import { isSharedAddress } from "./shared_addresses.ts";

/** What one address is answered without waits, and how fast beyond it. */
export const ANSWER_LIMITS = {
  /** Bytes that an address is answered at once after it asked for nothing. */
  burstBytes: 16 * 1024 * 1024,
  /** Bytes that it is answered in each second. */
  bytesPerSecond: 8 * 1024 * 1024,
  /** Longest time for which an answer waits, in milliseconds; what is beyond it is not counted. */
  maxWaitMs: 5000,
  /** What a request counts as, without the body of its answer. */
  requestBytes: 4096,
  /** Maximum number of addresses; the one that was added first is forgotten. */
  addresses: 10_000,
} as const;

const { burstBytes, bytesPerSecond, maxWaitMs, addresses } = ANSWER_LIMITS;

/** How long the burst of an address takes to come back, in milliseconds. */
const BURST_MS = 1000 * burstBytes / bytesPerSecond;

/**
 * Makes the answers of an address wait once it was answered much, so that a few
 * addresses that ask for large files, and read none, do not take the time of
 * everybody else. 127.0.0.1 and ::1 never wait. Event streams and WebSockets
 * are not counted.
 */
export class AnswerPace {
  readonly #clock: Clock;
  /** For each network, when all that it was answered would have been sent at the pace. */
  readonly #paidUntil = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Number of addresses that are remembered. */
  get addresses(): number {
    return this.#paidUntil.size;
  }

  /** Counts bytes; resolves when they may be sent, `undefined` if that is now. */
  take(address: string | undefined, bytes: number): Promise<void> | undefined {
    if (isSharedAddress(address)) return undefined;
    const network = networkOf(address!);
    const now = this.#clock.now();
    const before = Math.max(
      now - BURST_MS,
      this.#paidUntil.get(network) ?? -Infinity,
    );
    // Requests of connections that have ended count too, and must not add up.
    const paidUntil = Math.min(
      before + 1000 * bytes / bytesPerSecond,
      now + maxWaitMs,
    );
    this.#paidUntil.set(network, paidUntil);
    if (this.#paidUntil.size > addresses) {
      this.#paidUntil.delete(this.#paidUntil.keys().next().value!);
    }
    return paidUntil <= now ? undefined : sleep(this.#clock, paidUntil - now);
  }
}
