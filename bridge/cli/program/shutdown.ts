/** Ordered shutdown with a timeout. @module */

import type { Log } from "../../ops/log.ts";

/** How long a shutdown may take, in milliseconds; what is still open then ends with the process. */
const CLOSE_MS = 9000;

type Part = [what: string, close: () => unknown];

/** Closes parts in the reverse order of their addition. */
export class Shutdown {
  readonly #steps: Part[][] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Adds a part that was opened. */
  add(what: string, close: () => unknown): void {
    this.#steps.unshift([[what, close]]);
  }

  /** Adds a part that is closed at the same time as the last one. */
  with(what: string, close: () => unknown): void {
    const [last] = this.#steps;
    if (last === undefined) this.add(what, close);
    else last.push([what, close]);
  }

  /** Closes all parts, also after one of them fails to close. */
  async close(): Promise<void> {
    for (const parts of this.#steps.splice(0)) {
      await Promise.all(parts.map((part) => this.#close(part)));
    }
  }

  async #close([what, close]: Part): Promise<void> {
    try {
      await close();
    } catch (error) {
      this.#log.error("cannot close a part", { part: what, error });
    }
  }

  /** Closes all parts, or as many as the timeout permits. */
  async closeInTime(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#log.warn("shutdown timed out", { timeoutMs: CLOSE_MS });
        resolve();
      }, CLOSE_MS);
    });
    await Promise.race([this.close(), late]);
    clearTimeout(timer);
  }
}
