/** The last entries of the log, in memory. @module */

import type { LogEntry } from "./log.ts";

/** An entry with its id, which counts up from 1 since the start. */
export interface RingEntry extends LogEntry {
  readonly id: number;
}

/** Maximum number of entries; the oldest is dropped. */
export const MAX_RING_ENTRIES = 5000;

/** Keeps the last entries, and reports new ones. */
export class LogRing {
  readonly #entries: RingEntry[] = [];
  readonly #listeners = new Set<() => void>();
  #lastId = 0;

  /** Id of the last entry; 0 before the first. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Id of the oldest entry that is kept; `lastId + 1` if there is none. */
  get oldestId(): number {
    return this.#lastId - Math.min(this.#lastId, MAX_RING_ENTRIES) + 1;
  }

  add(entry: LogEntry): void {
    const id = ++this.#lastId;
    this.#entries[id % MAX_RING_ENTRIES] = { id, ...entry };
    for (const listener of this.#listeners) listener();
  }

  /** Returns the entry with an id; undefined if it is dropped or does not exist yet. */
  find(id: number): RingEntry | undefined {
    const entry = this.#entries[id % MAX_RING_ENTRIES];
    return entry?.id === id ? entry : undefined;
  }

  /** Calls a listener after each new entry. Returns a function that removes it. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
