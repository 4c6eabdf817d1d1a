/** Positions that were sent, by time, so that they are confirmed with a delay. No I/O. @module */

/** Positions that were sent within this time count as sent together, at the latest of them, in milliseconds. */
const TOGETHER_MS = 1000;

interface Sent {
  seq: number;
  /** When the first of its positions was sent. */
  readonly firstAt: number;
  /** When `seq` was sent. */
  at: number;
}

/**
 * Positions that a connection sent and that are not due yet. It keeps at most one
 * for each second of the delay, and two more.
 */
export class SentPositions {
  readonly #delayMs: number;
  readonly #sent: Sent[] = [];
  #due: number;

  /**
   * @param start Position at which the connection starts.
   * @param delayMs How long after it was sent a position is due, in milliseconds.
   */
  constructor(start: number, delayMs: number) {
    this.#due = start;
    this.#delayMs = delayMs;
  }

  /** Adds a position that was sent now. */
  add(seq: number, now: number): void {
    const last = this.#sent.at(-1);
    if (last !== undefined && seq <= last.seq) return;
    if (last !== undefined && now - last.firstAt < TOGETHER_MS) {
      last.seq = seq;
      last.at = now;
    } else {
      this.#sent.push({ seq, firstAt: now, at: now });
    }
  }

  /** Returns the last position that was sent long enough ago. */
  due(now: number): number {
    let count = 0;
    for (const { seq, at } of this.#sent) {
      if (now - at < this.#delayMs) break;
      this.#due = Math.max(this.#due, seq);
      count++;
    }
    this.#sent.splice(0, count);
    return this.#due;
  }
}
