/** Waits that grow while something fails. @module */

/** How a {@linkcode Backoff} grows. */
export interface BackoffOptions {
  /** The least wait, in milliseconds. */
  minMs: number;
  /** The greatest wait, in milliseconds. */
  maxMs: number;
  /** Random numbers in [0, 1). */
  random: () => number;
}

/** Waits of a row of failures: each twice as long as the one before, with jitter. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /**
   * The wait after one more failure, in milliseconds: the n-th lies between
   * `minMs * 2 ** (n - 1)` and `minMs * 2 ** n`, and from the point where that
   * passes `maxMs` on between its half and itself.
   */
  next(): number {
    const { minMs, maxMs, random } = this.#options;
    this.#failures++;
    const most = Math.min(maxMs, minMs * 2 ** Math.min(this.#failures, 32));
    const least = Math.max(Math.min(minMs, maxMs), most / 2);
    return Math.round(least + random() * (most - least));
  }

  /** Begins anew: something succeeded. */
  reset(): void {
    this.#failures = 0;
  }
}
