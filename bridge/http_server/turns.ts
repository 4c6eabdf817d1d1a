/** Shares the event loop between what many clients ask for at once and everything else. @module */

import { nextTurn } from "../../lib/turn.ts";

/**
 * Lets connections do their work in the order in which they ask, one part in
 * each turn of the event loop. Without it, clients that ask for many large files
 * or handshakes at once would hold up the frames of all others.
 */
export class Turns {
  #isTaken = false;
  #isScheduled = false;
  /** At most one for each connection. */
  readonly #waiting: (() => void)[] = [];

  /** Takes a turn for one part; resolves when it has come, `undefined` if that is now. */
  take(): Promise<void> | undefined {
    this.#schedule();
    if (this.#waiting.length === 0 && !this.#isTaken) {
      this.#isTaken = true;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    nextTurn(() => {
      this.#isScheduled = false;
      const due = this.#waiting.shift();
      this.#isTaken = due !== undefined;
      if (due === undefined) return;
      due();
      this.#schedule();
    });
  }
}
