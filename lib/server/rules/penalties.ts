/** Answers that come late. @module */

import { type Clock, sleep } from "../../clock.ts";

/** Holds late answers back, so many an account. */
export class Penalties {
  #clock: Clock;
  #most: number;
  #held = new Map<string, number>();
  #closed = new AbortController();

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /**
   * Waits. False where nobody is to be answered any more: the client is gone,
   * or too many answers of the account are held already.
   */
  async hold(
    uin: string,
    lateMs: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const held = this.#held.get(uin) ?? 0;
    if (held >= this.#most) return false;
    this.#held.set(uin, held + 1);
    try {
      await sleep(
        this.#clock,
        lateMs,
        AbortSignal.any([signal, this.#closed.signal]),
      );
    } catch {
      return !signal.aborted;
    } finally {
      const left = this.#held.get(uin)! - 1;
      if (left === 0) this.#held.delete(uin);
      else this.#held.set(uin, left);
    }
    return true;
  }

  /** Ends all waits at once. */
  close(): void {
    this.#closed.abort();
  }
}
