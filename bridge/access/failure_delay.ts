/** The delay of failed authentication. @module */

import { doubledMs } from "../../lib/backoff.ts";
import { type Clock, sleep, systemClock } from "../../lib/clock.ts";
import { networkOf } from "../../lib/network.ts";

/** How failed tries are slowed down. */
export const FAILURE_LIMITS = {
  /** How late the first is answered. */
  firstMs: 250,
  /** How late at most; each is answered twice as late as the one before. */
  mostMs: 5000,
  /** After so long without a failure an address begins anew. */
  forgetMs: 10 * 60_000,
  /** Addresses that are remembered; the one that failed longest ago is forgotten. */
  addresses: 10_000,
  /** Answers of one address that wait at a time; further ones are to be refused at once. */
  waitingOfAddress: 16,
  /** Answers that wait at a time in all. */
  waiting: 1000,
} as const;

interface Failures {
  count: number;
  lastAt: number;
  waiting: number;
}

/**
 * Slows failed authentication down, by address. What succeeds is never slowed
 * down: behind a proxy or a shared address others pay for nobody's mistakes.
 */
export class FailureDelay {
  readonly #clock: Clock;
  readonly #byNetwork = new Map<string, Failures>();
  #waiting = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * Notes a failure and waits before it may be answered.
   *
   * @param address The client's, without a port.
   * @param signal Ends the wait early, without an error.
   * @returns False, at once, where too many wait: to be answered 429.
   */
  async delay(address: string, signal?: AbortSignal): Promise<boolean> {
    const failures = this.#note(networkOf(address));
    if (
      this.#waiting >= FAILURE_LIMITS.waiting ||
      failures.waiting >= FAILURE_LIMITS.waitingOfAddress
    ) return false;
    this.#waiting++;
    failures.waiting++;
    try {
      const { firstMs, mostMs } = FAILURE_LIMITS;
      const delayMs = doubledMs(firstMs, mostMs, failures.count - 1);
      await sleep(this.#clock, delayMs, signal);
    } catch (error) {
      if (!signal?.aborted) throw error;
    } finally {
      this.#waiting--;
      failures.waiting--;
    }
    return true;
  }

  /** How many addresses are remembered. */
  get addresses(): number {
    return this.#byNetwork.size;
  }

  #note(network: string): Failures {
    const now = this.#clock.now();
    let failures = this.#byNetwork.get(network);
    if (failures === undefined) {
      failures = { count: 0, lastAt: now, waiting: 0 };
    } else if (now - failures.lastAt >= FAILURE_LIMITS.forgetMs) {
      failures.count = 0;
    }
    failures.count = Math.min(failures.count + 1, 30);
    failures.lastAt = now;
    // Put behind the others: the first of the map failed longest ago.
    this.#byNetwork.delete(network);
    this.#byNetwork.set(network, failures);
    if (this.#byNetwork.size > FAILURE_LIMITS.addresses) {
      this.#byNetwork.delete(this.#byNetwork.keys().next().value!);
    }
    return failures;
  }
}
