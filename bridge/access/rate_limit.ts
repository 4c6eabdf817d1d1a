/** How often something may be done. @module */

import type { Clock } from "../../lib/clock.ts";

const MINUTE_MS = 60_000;

/**
 * So many a minute; the minute begins with the first. Two numbers, whatever the
 * rate: there is one a connection.
 */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perMinute: number;
  #endsAt = -Infinity;
  #taken = 0;

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** Whether one more may be done; counts it if so. */
  take(): boolean {
    const now = this.#clock.now();
    if (now >= this.#endsAt) {
      this.#endsAt = now + MINUTE_MS;
      this.#taken = 0;
    }
    if (this.#taken >= this.#perMinute) return false;
    this.#taken++;
    return true;
  }

  /** When the next may be done, in milliseconds from now; 0 where it may at once. */
  get retryAfterMs(): number {
    if (this.#taken < this.#perMinute) return 0;
    return Math.max(0, this.#endsAt - this.#clock.now());
  }
}

/** Names whose rate is remembered; beyond, that of the one longest known is forgotten. */
const RATES = 1000;

/** A {@linkcode RateLimit} for each of many names. */
export class RateLimits {
  readonly #clock: Clock;
  readonly #perMinute: number;
  readonly #rates = new Map<string, RateLimit>();

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** That of a name. */
  of(name: string): RateLimit {
    let rate = this.#rates.get(name);
    if (rate === undefined) {
      if (this.#rates.size >= RATES) {
        this.#rates.delete(this.#rates.keys().next().value!);
      }
      rate = new RateLimit(this.#clock, this.#perMinute);
      this.#rates.set(name, rate);
    }
    return rate;
  }
}
