/** How long to wait between polls. @module */

/** An empty answer sooner than this was not held, whatever its headers say. */
const HELD_MS = 1000;

/** How much mail an account may bring in a time; beyond, it is polled less often. */
export const MAIL_RATE = {
  items: 5000,
  characters: 8 * 1024 * 1024,
  withinMs: 10_000,
} as const;

/** The answer to a poll, as far as the pace depends on it. */
export interface PollFigures {
  /** How many items it had. */
  items: number;
  /** How many characters their texts had. */
  characters: number;
  /** Whether the server says that it held it. */
  waited: boolean;
  /** How long it took, in milliseconds. */
  tookMs: number;
}

/**
 * Waits that grow while nothing comes, and none after an answer that was held.
 * Much mail in a short time is read more slowly, whatever the server says.
 */
export class PollPace {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #rate = new MailRate();
  #nextMs: number;

  constructor(minMs: number, maxMs: number) {
    this.#minMs = minMs;
    this.#maxMs = Math.max(minMs, maxMs);
    this.#nextMs = minMs;
  }

  /**
   * The wait after an answer, in milliseconds.
   *
   * @param mostMs The longest wait that keeps the session alive.
   * @param now The time, in milliseconds.
   */
  after(figures: PollFigures, mostMs: number, now: number): number {
    const { items, waited, tookMs } = figures;
    const held = waited && (items > 0 || tookMs >= HELD_MS);
    if (items > 0 || held) this.#nextMs = this.#minMs;
    const isTooMuch = items > 0 && this.#rate.add(figures, now);
    if (held && !isTooMuch) return 0;
    const delayMs = this.#nextMs;
    if (items === 0) this.#nextMs = Math.min(this.#maxMs, 2 * delayMs);
    return Math.min(delayMs, mostMs);
  }
}

/** What came within the last {@linkcode MAIL_RATE.withinMs}, counted by the second. */
class MailRate {
  #seconds: { at: number; items: number; characters: number }[] = [];

  /** Counts an answer; returns whether too much came. */
  add({ items, characters }: PollFigures, now: number): boolean {
    const isOver = ({ at }: { at: number }) =>
      at <= now - MAIL_RATE.withinMs || at > now;
    if (this.#seconds.some(isOver)) {
      this.#seconds = this.#seconds.filter((second) => !isOver(second));
    }
    const last = this.#seconds.at(-1);
    if (last !== undefined && now - last.at < 1000) {
      last.items += items;
      last.characters += characters;
    } else this.#seconds.push({ at: now, items, characters });
    const sum = { items: 0, characters: 0 };
    for (const second of this.#seconds) {
      sum.items += second.items;
      sum.characters += second.characters;
    }
    return sum.items > MAIL_RATE.items ||
      sum.characters > MAIL_RATE.characters;
  }
}
