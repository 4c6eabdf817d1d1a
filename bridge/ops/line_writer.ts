/** Lines for who may have stopped to read: nothing waits for them, and few are kept. @module */

import { type Clock, sleep, systemClock } from "../../lib/clock.ts";

/** Most characters of lines that wait to be read; what comes on top is lost. */
export const WAITING_CHARS = 1024 * 1024;

/** How long {@linkcode LineWriter.flush} waits, in milliseconds. */
export const FLUSH_MS = 1000;

/** What a {@linkcode LineWriter} needs. */
export interface LineWriterOptions {
  /** Takes some bytes, and tells how many; may take as long as it likes. */
  write(bytes: Uint8Array): Promise<number>;
  /** Is told how many lines were lost, once somebody reads again. */
  lost(count: number): void;
  /** Time. */
  clock?: Clock;
}

/**
 * Writes lines in their order, without making anybody wait. A pipe whose other
 * end is not read takes 64 KiB; then a write that waits would stop the program.
 */
export class LineWriter {
  readonly #options: LineWriterOptions;
  #waiting: string[] = [];
  #waitingChars = 0;
  #lost = 0;
  #writing: Promise<void> | undefined;

  /** Nothing waits. */
  constructor(options: LineWriterOptions) {
    this.#options = options;
  }

  /** Takes a line with its end; it is lost where too many wait. */
  write(line: string): void {
    if (this.#waitingChars + line.length > WAITING_CHARS) {
      this.#lost++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingChars += line.length;
    this.#writing ??= this.#drain();
  }

  /** Resolves when all is written, or nobody has read it in time. */
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
    // In the same turn as the last look: a line in between would wait for the next.
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
