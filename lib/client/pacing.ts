/** A least gap between what is done. @module */

import { type Clock, sleep, systemClock } from "../clock.ts";
import { raceSignal } from "../signals.ts";

/**
 * Options of a pacer.
 *
 * @category QQ client
 */
export interface PacerOptions {
  /** Source of time and timers; tests pass a fake. @default {the machine's clock} */
  clock?: Clock;
  /**
   * The least time from one turn to the next, in milliseconds. The clients of
   * 2005 kept 900 to 1000 between two messages.
   *
   * @default {1000}
   */
  gapMs?: number;
  /**
   * Most that wait for a turn. One more is refused with a RangeError.
   *
   * @default {100}
   */
  limit?: number;
}

/**
 * Gives turns, in order, with a least gap between them: `await pacer.turn()`
 * before each message.
 *
 * @example With a clock that does not wait
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Pacer } from "@tqq/tqq";
 *
 * let nowMs = 0;
 * const clock = {
 *   now: () => nowMs,
 *   after: (delayMs: number, run: () => void) => {
 *     queueMicrotask(() => {
 *       nowMs += delayMs;
 *       run();
 *     });
 *     return () => {};
 *   },
 * };
 * const pacer = new Pacer({ clock, gapMs: 1000 });
 * await pacer.turn();
 * await pacer.turn();
 * assertEquals(nowMs, 1000);
 * ```
 * @category QQ client
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #gapMs: number;
  readonly #limit: number;
  #nextAt = -Infinity;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  /**
   * Gives the first turn at once.
   *
   * @param options Time, gap and limit.
   */
  constructor(options: PacerOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#gapMs = options.gapMs ?? 1000;
    this.#limit = options.limit ?? 100;
  }

  /**
   * How many wait for a turn.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Pacer } from "@tqq/tqq";
   *
   * const pacer = new Pacer({ gapMs: 0 });
   * const turns = [pacer.turn(), pacer.turn()];
   * assertEquals(pacer.waiting, 2);
   * await Promise.all(turns);
   * ```
   */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * How long the next turn is away, in milliseconds, if nobody waits before it.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Pacer } from "@tqq/tqq";
   *
   * const pacer = new Pacer({ gapMs: 60_000 });
   * assertEquals(pacer.delayMs, 0);
   * await pacer.turn();
   * assertEquals(pacer.delayMs > 50_000, true);
   * ```
   */
  get delayMs(): number {
    return Math.max(0, this.#nextAt - this.#clock.now());
  }

  /**
   * Gives no turn for so long from now, in milliseconds: after a penalty.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Pacer } from "@tqq/tqq";
   *
   * const pacer = new Pacer();
   * pacer.hold(60_000); // the server wants a pause
   * assertEquals(pacer.delayMs > 50_000, true);
   * ```
   */
  hold(holdMs: number): void {
    this.#nextAt = Math.max(this.#nextAt, this.#clock.now() + holdMs);
  }

  /**
   * Waits for a turn.
   *
   * @param signal Gives the turn up: the wait then rejects with its reason.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Pacer } from "@tqq/tqq";
   *
   * const pacer = new Pacer({ gapMs: 5 });
   * await pacer.turn();
   * await pacer.turn(); // 5 ms later
   * assertEquals(pacer.waiting, 0);
   * ```
   */
  turn(signal?: AbortSignal): Promise<void> {
    if (this.#waiting >= this.#limit) {
      return Promise.reject(
        new RangeError(
          `Cannot wait for a turn: at most ${this.#limit} may wait, got one more`,
        ),
      );
    }
    this.#waiting++;
    const turn = this.#last.then(() => this.#wait(signal)).finally(() => {
      this.#waiting--;
    });
    this.#last = turn.catch(() => {});
    // Who gives up while others are before it need not wait for them.
    return signal === undefined ? turn : raceSignal(signal, () => turn);
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    // Again, for a hold may have come meanwhile.
    while (this.delayMs > 0) await sleep(this.#clock, this.delayMs, signal);
    this.#nextAt = this.#clock.now() + this.#gapMs;
  }
}
