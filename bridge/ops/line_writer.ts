/** Writes lines without blocking. @module */

import { type Clock, sleep, systemClock } from "../../lib/clock.ts";

/** Maximum number of characters that wait to be written; further lines are lost. */
export const WAITING_CHARS = 1024 * 1024;

/** How long a flush waits, in milliseconds. */
export const FLUSH_MS = 1000;

export interface LineWriterOptions {
  /** Writes some of the bytes and returns how many. May take any time. */
  write(bytes: Uint8Array): Promise<number>;
  /** Called with the number of lost lines, once writing works again. */
  lost(count: number): void;
  clock?: Clock;
}

/**
 * Writes lines in order, and makes nobody wait. A pipe that is not read accepts
 * 64 KiB; then a blocking write would stop the program.
 */
export class LineWriter {
  readonly #options: LineWriterOptions;
  #waiting: string[] = [];
  #waitingChars = 0;
  #lost = 0;
  #writing: Promise<void> | undefined;

  constructor(options: LineWriterOptions) {
    this.#options = options;
  }

  /** Writes a line with its line end. The line is lost if too many wait. */
  write(line: string): void {
    if (this.#waitingChars + line.length > WAITING_CHARS) {
      this.#lost++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingChars += line.length;
    this.#writing ??= this.#drain();
  }

  /** Resolves when everything is written, or after {@linkcode FLUSH_MS}. */
  async flush(): Promise<void> {
    if (this.#writing === undefined) return;
    const { clock = systemClock } = this.#options;
    const done = new AbortController();
    await Promise.race([
      this.#writing.finally(() => done.abort()),
      sleep(clock, FLUSH_MS, done.signal).catch(() => {}),
    ]);
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const text = this.#waiting.join("");
      this.#waiting = [];
      await this.#put(new TextEncoder().encode(text));
      this.#waitingChars -= text.length;
      const lost = this.#lost;
      this.#lost = 0;
      if (lost > 0) this.#options.lost(lost);
    }
    // In the same turn as the last check: a line in between would wait for
    // the next one.
    this.#writing = undefined;
  }

  async #put(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        at += await this.#options.write(bytes.subarray(at));
      }
    } catch {
      // A log that cannot be written must not end the program.
    }
  }
}
