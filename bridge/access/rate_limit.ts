/** Limits on how often something may happen. @module */

import type { Clock } from "../../lib/clock.ts";

const MINUTE_MS = 60_000;

/**
 * A number of calls a minute; the minute starts with the first call. It keeps
 * two numbers whatever the rate, because each connection has some.
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

  /** Counts one more call, and returns whether it is allowed. */
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

  /** Number of calls in the current minute. */
  get count(): number {
    return this.isOver ? 0 : this.#taken;
  }

  /** When the next call is allowed, in milliseconds from now; 0 if it is allowed now. */
  get retryAfterMs(): number {
    if (this.#taken < this.#perMinute) return 0;
    return Math.max(0, this.#endsAt - this.#clock.now());
  }

  /** Whether its minute has ended, so that it limits nothing. */
  get isOver(): boolean {
    return this.#clock.now() >= this.#endsAt;
  }
}

/** Maximum number of names whose minute is tracked: twice the tokens that a bridge has. Further names share one rate. */
export const MAX_RATES = 20_000;

/** A {@linkcode RateLimit} for each name. A name is forgotten only after its minute has ended. */
export class RateLimits {
  /** Calls of a name in a minute. */
  readonly perMinute: number;
  readonly #clock: Clock;
  readonly #rates = new Map<string, RateLimit>();
  readonly #shared: RateLimit;
  #sweepAt = -Infinity;

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.perMinute = perMinute;
    this.#shared = new RateLimit(clock, perMinute);
  }

  /** Counts a call of a name. Returns `undefined` if it is allowed, otherwise when the next one is, in milliseconds. */
  take(name: string): number | undefined {
    const rate = this.#find(name);
    return rate.take() ? undefined : rate.retryAfterMs;
  }

  #find(name: string): RateLimit {
    const known = this.#rates.get(name);
    if (known !== undefined) return known;
    this.#sweep();
    if (this.#rates.size >= MAX_RATES) return this.#shared;
    const rate = new RateLimit(this.#clock, this.perMinute);
    this.#rates.set(name, rate);
    return rate;
  }

  /** Once a minute at most, because it looks at every name. */
  #sweep(): void {
    const now = this.#clock.now();
    if (now < this.#sweepAt) return;
    this.#sweepAt = now + MINUTE_MS;
    for (const [name, rate] of this.#rates) {
      if (rate.isOver) this.#rates.delete(name);
    }
  }
}
