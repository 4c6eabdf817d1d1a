/** When the records of the log were written, roughly. @module */

/** Time between two remembered records, in milliseconds of their writers' clocks. */
const SAMPLE_MS = 10 * 60_000;

/** Maximum number of remembered records: 30 days. */
const SAMPLES = 30 * 24 * 6;

/** Remembers index and time of a record every ten minutes. */
export class LogTimes {
  readonly #samples: [index: number, at: number][];

  /** @param text What `toText` returned; undefined for a new log. */
  constructor(text?: string) {
    this.#samples = text === undefined ? [] : JSON.parse(text);
  }

  /** Takes a record into account; returns whether the text has changed. */
  add(index: number, at: number): boolean {
    const last = this.#samples.at(-1);
    // Clocks of nodes differ: times never run backwards here.
    if (last !== undefined && at < last[1] + SAMPLE_MS) return false;
    this.#samples.push([index, at]);
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    return true;
  }

  /** The last remembered index that is not younger than a time; 0 if there is none. */
  indexBefore(at: number): number {
    return this.#samples.findLast(([, sampledAt]) => sampledAt <= at)?.[0] ?? 0;
  }

  toText(): string {
    return JSON.stringify(this.#samples);
  }
}
