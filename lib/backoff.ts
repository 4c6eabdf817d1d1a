/** Delays that grow while something keeps failing. @module */

/** Bounds of a {@linkcode Backoff}. */
export interface BackoffOptions {
  /** The shortest delay, in milliseconds. */
  minMs: number;
  /** The longest delay, in milliseconds. */
  maxMs: number;
  /** Returns random numbers in [0, 1). */
  random: () => number;
}

/** Limits the exponent, because `0 * Infinity` is not a number. */
const MAX_DOUBLINGS = 32;

/**
 * The delay before an attempt, without jitter: `minMs` doubled `doublings`
 * times, at most `maxMs`. In milliseconds.
 */
export function doubledMs(
  minMs: number,
  maxMs: number,
  doublings: number,
): number {
  return Math.min(maxMs, minMs * 2 ** Math.min(doublings, MAX_DOUBLINGS));
}

/**
 * A random delay from half of `delayMs` up to the whole, so that clients that
 * failed together do not come back together. In milliseconds.
 */
export function jitteredMs(delayMs: number, random: number): number {
  return Math.round(delayMs / 2 + delayMs / 2 * random);
}

/** Delays of consecutive failures: each twice as long as the one before, with jitter. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /**
   * The delay after one more failure, in milliseconds. The n-th lies between
   * `minMs * 2 ** (n - 1)` and `minMs * 2 ** n`. Once the upper bound exceeds
   * `maxMs`, delays lie between half of `maxMs` and `maxMs`.
   */
  next(): number {
    const { minMs, maxMs, random } = this.#options;
    this.#failures++;
    const most = doubledMs(minMs, maxMs, this.#failures);
    const least = Math.max(Math.min(minMs, maxMs), most / 2);
    return Math.round(least + random() * (most - least));
  }

  /** Starts again with the shortest delay, because an attempt succeeded. */
  reset(): void {
    this.#failures = 0;
  }
}
