/** The delay of failed authentication. @module */

import { doubledMs } from "../../lib/backoff.ts";
import { type Clock, sleep, systemClock } from "../../lib/clock.ts";
import { networkOf } from "../../lib/network.ts";
import { hashToken } from "./token_store.ts";

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
  /** Failures of an address in a second after which its tokens are not looked up. */
  perSecond: 10,
  /** How long a token that was accepted from an address is exempt there, in milliseconds. */
  exemptMs: 60 * 60_000,
  /** Maximum number of exempt tokens; the one accepted longest ago is dropped. */
  exempt: 10_000,
} as const;

/** Decides whether a token is looked up at all. */
export interface TokenAttempts {
  /** Returns whether a token of an address is looked up; answer 429 if not, whether it is right or wrong. */
  mayTry(address: string, token: string): boolean;
  /** Records that a token was right. */
  onAccepted(address: string, token: string): void;
}

interface Failures {
  count: number;
  lastAt: number;
  waiting: number;
  /** Start of the current second. */
  secondAt: number;
  /** Failures in the current second. */
  inSecond: number;
}

/**
 * Delays failed authentication per address, and looks up no tokens of an
 * address with too many failures: otherwise the delay would not slow down a
 * client that guesses on many connections. Tokens that were accepted from the
 * address are exempt, because clients behind a proxy share an address.
 */
export class FailureDelay implements TokenAttempts {
  readonly #clock: Clock;
  readonly #byNetwork = new Map<string, Failures>();
  /** When tokens were accepted, by digest of address and token; the one accepted longest ago first. */
  readonly #accepted = new Map<string, number>();
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

  mayTry(address: string, token: string): boolean {
    const network = networkOf(address);
    const failures = this.#byNetwork.get(network);
    if (failures === undefined) return true;
    const now = this.#clock.now();
    const isBlocked = this.#waiting >= FAILURE_LIMITS.waiting ||
      failures.waiting >= FAILURE_LIMITS.waitingOfAddress ||
      now - failures.secondAt < 1000 &&
        failures.inSecond >= FAILURE_LIMITS.perSecond;
    if (!isBlocked) return true;
    const acceptedAt = this.#accepted.get(digestOf(network, token));
    return acceptedAt !== undefined &&
      now - acceptedAt < FAILURE_LIMITS.exemptMs;
  }

  onAccepted(address: string, token: string): void {
    const digest = digestOf(networkOf(address), token);
    this.#accepted.delete(digest);
    this.#accepted.set(digest, this.#clock.now());
    if (this.#accepted.size > FAILURE_LIMITS.exempt) {
      this.#accepted.delete(this.#accepted.keys().next().value!);
    }
  }

  /** Number of addresses that are remembered. */
  get addresses(): number {
    return this.#byNetwork.size;
  }

  #note(network: string): Failures {
    const now = this.#clock.now();
    let failures = this.#byNetwork.get(network);
    if (failures === undefined) {
      failures = {
        count: 0,
        lastAt: now,
        waiting: 0,
        secondAt: now,
        inSecond: 0,
      };
    } else if (now - failures.lastAt >= FAILURE_LIMITS.forgetMs) {
      failures.count = 0;
    }
    if (now - failures.secondAt >= 1000) {
      failures.secondAt = now;
      failures.inSecond = 0;
    }
    failures.inSecond++;
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

/** Tokens themselves are kept nowhere. */
function digestOf(network: string, token: string): string {
  return hashToken(`${network}\n${token}`);
}
