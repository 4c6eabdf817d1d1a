/** The delay of failed authentication. @module */

import { doubledMs } from "../../lib/backoff.ts";
import { type Clock, sleep, systemClock } from "../../lib/clock.ts";
import { networkOf } from "../../lib/network.ts";

/** Delays of failed authentication, and how many addresses and answers are tracked. */
export const FAILURE_LIMITS = {
  /** Delay of the first failure, in milliseconds; it doubles with each further one. */
  firstMs: 250,
  /** Longest delay, in milliseconds. */
  mostMs: 5000,
  /** Time without a failure after which the delay of an address is reset, in milliseconds. */
  forgetMs: 10 * 60_000,
  /** Maximum number of addresses; the one whose last failure is oldest is dropped. */
  addresses: 10_000,
  /** Maximum number of waiting answers per address; further ones are refused at once. */
  waitingOfAddress: 16,
  /** Maximum number of waiting answers in total. */
  waiting: 1000,
} as const;

interface Failures {
  count: number;
  lastAt: number;
  waiting: number;
}

/**
 * Delays failed authentication per address. Successful authentication is never
 * delayed, because clients behind a proxy share an address.
 */
export class FailureDelay {
  readonly #clock: Clock;
  readonly #byNetwork = new Map<string, Failures>();
  #waiting = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * Records a failure and waits until it may be answered.
   *
   * @param address Address of the client, without a port.
   * @param signal Ends the wait early; the promise still resolves.
   * @returns False, without a wait, if too many answers wait; answer 429 then.
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

  /** Number of addresses that are remembered. */
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
    // Inserted last, so that the first entry of the map is the oldest failure.
    this.#byNetwork.delete(network);
    this.#byNetwork.set(network, failures);
    if (this.#byNetwork.size > FAILURE_LIMITS.addresses) {
      this.#byNetwork.delete(this.#byNetwork.keys().next().value!);
    }
    return failures;
  }
}
