/** How often new sessions of a number are opened. @module */

import { type Clock, sleep } from "../../clock.ts";

/** Bounds of the pace of logins. */
export const LOGIN_PACE = {
  /** Least time between two new sessions of a number, in milliseconds. */
  gapMs: 1000,
  /** Most logins of a number that wait; beyond, the answer is NULL. */
  waiting: 16,
} as const;

interface Line {
  nextAt: number;
  waiting: number;
}

/**
 * Delays logins that would open sessions of a number too often. Each new
 * session logs another client out and may change what friends see.
 */
export class LoginPace {
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  /** By number, the one that opened a session longest ago first. */
  readonly #lines = new Map<string, Line>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Waits until a session of the number may be opened. False if there is
   * nobody to answer, or too many wait.
   *
   * @param isHolder Whether the client has the session already, so that none is opened.
   */
  async wait(
    uin: string,
    signal: AbortSignal,
    isHolder: () => boolean,
  ): Promise<boolean> {
    const line = this.#lines.get(uin) ?? { nextAt: 0, waiting: 0 };
    const either = AbortSignal.any([signal, this.#closed.signal]);
    if (line.waiting >= LOGIN_PACE.waiting) return false;
    line.waiting++;
    try {
      while (!isHolder()) {
        const leftMs = line.nextAt - this.#clock.now();
        if (leftMs <= 0) {
          this.#take(uin, line);
          break;
        }
        await sleep(this.#clock, leftMs, either);
      }
      return true;
    } catch {
      return false;
    } finally {
      line.waiting--;
    }
  }

  /** Forgets a number, because its account is removed. */
  delete(uin: string): void {
    this.#lines.delete(uin);
  }

  /** Ends all waits at once. */
  close(): void {
    this.#closed.abort();
  }

  #take(uin: string, line: Line): void {
    const now = this.#clock.now();
    line.nextAt = now + LOGIN_PACE.gapMs;
    this.#lines.delete(uin);
    this.#lines.set(uin, line);
    for (const [oldest, { nextAt, waiting }] of this.#lines) {
      if (nextAt > now || waiting > 0) return;
      this.#lines.delete(oldest);
    }
  }
}
