/** Those who are told of what became durable. @module */

import type { StoredEvent } from "./event.ts";

/** Is told of a run of events. */
export type Watcher = (events: readonly StoredEvent[]) => void;

/** See the module. */
export class Watchers {
  readonly #watchers = new Set<{ tell: Watcher }>();
  readonly #failed: (error: unknown) => void;

  /** @param failed Takes what a watcher throws: the events are durable, and the others are told none the less. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  /** Adds one; gives its end. */
  add(watcher: Watcher): () => void {
    const entry = { tell: watcher };
    this.#watchers.add(entry);
    return () => {
      this.#watchers.delete(entry);
    };
  }

  /** Tells all. */
  tell(events: readonly StoredEvent[]): void {
    if (events.length === 0) return;
    for (const watcher of this.#watchers) {
      try {
        watcher.tell(events);
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
