/** Checks many connections without holding up the others. @module */

import { nextTurn } from "../../lib/turn.ts";

/** Cost of what is done in one turn of the event loop; a check that ends nothing costs 1. */
const TURN_COST = 256;

/** Cost of ending a WebSocket: eight in a turn. */
export const SOCKET_END_COST = 32;

/** Cost of ending a connection with plain requests, which aborts each of them: one in a turn. */
export const PLAIN_END_COST = 256;

/** Runs the steps of a check in as many turns of the event loop as their costs ask for. */
export class Sweep {
  #isRunning = false;

  /**
   * Starts a check, unless the one before is still under way.
   *
   * @param step Does one step and returns its cost; `undefined` at the end.
   */
  run(step: () => number | undefined): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#turn(step);
  }

  #turn(step: () => number | undefined): void {
    try {
      for (let left = TURN_COST; left > 0;) {
        const cost = step();
        if (cost === undefined) {
          this.#isRunning = false;
          return;
        }
        left -= cost;
      }
    } catch (error) {
      this.#isRunning = false;
      throw error;
    }
    nextTurn(() => this.#turn(step));
  }
}
