/** Replies to refused logins, delayed so that passwords cannot be guessed quickly. @module */

import { doubledMs } from "../../backoff.ts";
import { type Clock, sleep } from "../../clock.ts";
import { networkOf } from "../../network.ts";

/**
 * A login that was refused because of its number or password.
 *
 * @category Server
 */
export interface LoginRefusal {
  /** The client's address, without port. */
  address: string;
  /** The number that it gave. */
  uin: string;
}

/**
 * How refused logins are delayed.
 *
 * @category Server
 */
export interface LoginDelayOptions {
  /**
   * Addresses whose logins are neither delayed nor reported: those of callers
   * in the same process.
   *
   * @default {none}
   */
  exempt?: readonly string[];
}

/** Bounds of the delays of refused logins. */
export const LOGIN_DELAYS = {
  /** The delay of the first reply, in milliseconds. */
  firstMs: 250,
  /** The greatest; each delay is twice the one before. */
  mostMs: 5000,
  /** After so long without a refusal an address or a number begins anew. */
  forgetMs: 10 * 60_000,
  /** Most addresses and numbers that are remembered; the oldest are forgotten. */
  remembered: 10_000,
  /** Most replies that wait for one address; beyond, the answer is NULL. */
  waitingOfAddress: 16,
  /** Most replies that wait in all. */
  waiting: 1000,
} as const;

interface Refusals {
  count: number;
  lastAt: number;
  waiting: number;
}

/** Delays the replies to refused logins, by address and by number. */
export class LoginDelays {
  readonly #clock: Clock;
  readonly #exempt: ReadonlySet<string> | undefined;
  readonly #onRefused: (refusal: LoginRefusal) => void;
  readonly #refusals = new Map<string, Refusals>();
  readonly #closed = new AbortController();
  #waiting = 0;

  /** Creates the delays of a server. @param options If undefined, nothing is delayed. */
  constructor(
    clock: Clock,
    options: LoginDelayOptions | undefined,
    onRefused: (refusal: LoginRefusal) => void,
  ) {
    this.#clock = clock;
    this.#exempt = options && new Set(options.exempt);
    this.#onRefused = onRefused;
  }

  /** Notes a refused login and waits. False if nobody is to be answered. */
  async refused(refusal: LoginRefusal, signal: AbortSignal): Promise<boolean> {
    if (this.#exempt?.has(refusal.address)) return true;
    this.#onRefused(refusal);
    if (this.#exempt === undefined) return true;
    const ofAddress = this.#note(`address ${networkOf(refusal.address)}`);
    const ofNumber = this.#note(`number ${refusal.uin.replace(/^0+/, "")}`);
    const { waiting, waitingOfAddress } = LOGIN_DELAYS;
    if (this.#waiting >= waiting || ofAddress.waiting >= waitingOfAddress) {
      return false;
    }
    this.#waiting++;
    ofAddress.waiting++;
    try {
      await sleep(
        this.#clock,
        delayOf(Math.max(ofAddress.count, ofNumber.count)),
        AbortSignal.any([signal, this.#closed.signal]),
      );
    } catch {
      return !signal.aborted;
    } finally {
      this.#waiting--;
      ofAddress.waiting--;
    }
    return true;
  }

  /** Ends all waits at once. */
  close(): void {
    this.#closed.abort();
  }

  #note(key: string): Refusals {
    const { forgetMs, remembered } = LOGIN_DELAYS;
    const now = this.#clock.now();
    const refusals = this.#refusals.get(key) ??
      { count: 0, lastAt: now, waiting: 0 };
    if (now - refusals.lastAt >= forgetMs) refusals.count = 0;
    refusals.count++;
    refusals.lastAt = now;
    // Put behind the others, so that the first of the map is the oldest.
    this.#refusals.delete(key);
    this.#refusals.set(key, refusals);
    if (this.#refusals.size > 2 * remembered) {
      this.#refusals.delete(this.#refusals.keys().next().value!);
    }
    return refusals;
  }
}

function delayOf(count: number): number {
  const { firstMs, mostMs } = LOGIN_DELAYS;
  return doubledMs(firstMs, mostMs, count - 1);
}
