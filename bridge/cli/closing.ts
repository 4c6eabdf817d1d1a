/** What has to be closed at the end. @module */

import type { Log } from "../ops/log.ts";

/** Closes what was opened, the last first. */
export class Closing {
  readonly #steps: [what: string, close: () => unknown][] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Remembers something that was opened. */
  add(what: string, close: () => unknown): void {
    this.#steps.unshift([what, close]);
  }

  /** Closes all; what fails does not keep the others open. */
  async close(): Promise<void> {
    for (const [what, close] of this.#steps.splice(0)) {
      try {
        await close();
      } catch (error) {
        this.#log.error(`Cannot close the ${what}`, { error });
      }
    }
  }
}
