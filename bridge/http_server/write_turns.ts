/** Shares the event loop between large answers and everything else. @module */

import { nextTurn } from "../../lib/turn.ts";

/** Pieces that all connections together write in one turn of the event loop. */
const PIECES_PER_TURN = 1;

/**
 * Lets connections write in the order in which they ask. Without it, clients
 * that ask for many large files at once would hold up the frames of all others
 * while the buffers of their sockets fill.
 */
export class WriteTurns {
  #left = PIECES_PER_TURN;
  #isScheduled = false;
  /** At most one for each connection that has an answer under way. */
  readonly #waiting: (() => void)[] = [];

  /** Takes a turn for one piece; resolves when it has come, `undefined` if that is now. */
  take(): Promise<void> | undefined {
    this.#schedule();
    if (this.#waiting.length === 0 && this.#left > 0) {
      this.#left--;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    nextTurn(() => {
      this.#isScheduled = false;
      const due = this.#waiting.splice(0, PIECES_PER_TURN);
      this.#left = PIECES_PER_TURN - due.length;
      for (const resolve of due) resolve();
      if (due.length > 0) this.#schedule();
    });
  }
}
