/** What has to be closed at the end. @module */

import type { Log } from "../../ops/log.ts";

/** How long the end may take, in milliseconds; what has not ended by then ends with the process. */
const CLOSE_MS = 9000;

type Part = [what: string, close: () => unknown];

/** Closes what was opened, the last first. */
export class Shutdown {
  readonly #steps: Part[][] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Remembers something that was opened. */
  add(what: string, close: () => unknown): void {
    this.#steps.unshift([[what, close]]);
  }

  /** Remembers something that was opened, to be closed at the same time as the last. */
  with(what: string, close: () => unknown): void {
    const [last] = this.#steps;
    if (last === undefined) this.add(what, close);
    else last.push([what, close]);
  }

  /** Closes all; what fails does not keep the others open. */
  async close(): Promise<void> {
    for (const parts of this.#steps.splice(0)) {
      await Promise.all(parts.map((part) => this.#close(part)));
    }
  }

  async #close([what, close]: Part): Promise<void> {
    try {
      await close();
    } catch (error) {
      this.#log.error(`Cannot close the ${what}`, { error });
    }
  }

  /** Closes all, or as much as can be in the time that an end may take. */
  async closeInTime(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#log.warn(`Not all has ended within ${CLOSE_MS} ms`);
        resolve();
      }, CLOSE_MS);
    });
    await Promise.race([this.close(), late]);
    clearTimeout(timer);
  }
}
