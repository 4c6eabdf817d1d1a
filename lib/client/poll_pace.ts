/** How long to wait between polls. @module */

/** An empty answer sooner than this was not held, whatever its headers say. */
const HELD_MS = 1000;

/** Waits that grow while nothing comes, and none after an answer that was held. */
export class PollPace {
  readonly #minMs: number;
  readonly #maxMs: number;
  #nextMs: number;

  constructor(minMs: number, maxMs: number) {
    this.#minMs = minMs;
    this.#maxMs = Math.max(minMs, maxMs);
    this.#nextMs = minMs;
  }

  /**
   * The wait after an answer, in milliseconds.
   *
   * @param items How many items it had.
   * @param waited Whether the server says that it held it.
   * @param tookMs How long it took.
   * @param mostMs The longest wait that keeps the session alive.
   */
  after(
    items: number,
    waited: boolean,
    tookMs: number,
    mostMs: number,
  ): number {
    const held = waited && (items > 0 || tookMs >= HELD_MS);
    if (items > 0 || held) this.#nextMs = this.#minMs;
    if (held) return 0;
    const delayMs = this.#nextMs;
    if (items === 0) this.#nextMs = Math.min(this.#maxMs, 2 * delayMs);
    return Math.min(delayMs, mostMs);
  }
}
