/** A hash over everything that was applied, by which nodes find out that they differ. @module */

import { createHash } from "node:crypto";

/** Number of records whose hashes are remembered. */
const REMEMBERED = 4096;

/** Characters of a hash. */
const CHARS = 16;

/**
 * The hash over all records and what each of them changed. A hash over the
 * records alone would show that logs differ, and not that applying differed.
 */
export class Chain {
  #value: string;
  readonly #byIndex = new Map<number, string>();

  /** @param value The hash up to now; empty at the start of a log. */
  constructor(value = "") {
    this.#value = value;
  }

  get value(): string {
    return this.#value;
  }

  /** Adds a record with what it changed. */
  add(text: string, result: string): void {
    this.#value = createHash("sha256").update(this.#value).update(text)
      .update("\n").update(result).digest("hex").slice(0, CHARS);
  }

  /** Remembers the hash after a record. */
  remember(index: number): void {
    this.#byIndex.set(index, this.#value);
    if (this.#byIndex.size <= REMEMBERED) return;
    this.#byIndex.delete(this.#byIndex.keys().next().value!);
  }

  /** What is remembered, as JSON text for {@linkcode Chain.recall}. */
  toText(): string {
    return JSON.stringify([...this.#byIndex]);
  }

  /** Remembers what another process of this replica did. */
  recall(text: string): void {
    for (const [index, value] of JSON.parse(text) as [number, string][]) {
      this.#byIndex.set(index, value);
    }
  }

  /** The hash after a record; undefined if it is not remembered. */
  at(index: number): string | undefined {
    return this.#byIndex.get(index);
  }
}
