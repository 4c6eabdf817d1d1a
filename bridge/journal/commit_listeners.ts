/** Those who are told of what became durable. @module */

import type { StoredEvent } from "./event.ts";

/** Is told of a run of events. */
export type CommitListener = (events: readonly StoredEvent[]) => void;

/** See the module. */
export class CommitListeners {
  readonly #watchers = new Set<{ notify: CommitListener }>();
  readonly #failed: (error: unknown) => void;

  /** @param failed Takes what a watcher throws: the events are durable, and the others are told none the less. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  /** Adds one; gives its end. */
  add(watcher: CommitListener): () => void {
    const entry = { notify: watcher };
    this.#watchers.add(entry);
    return () => {
      this.#watchers.delete(entry);
    };
  }

  /** Tells all. */
  notify(events: readonly StoredEvent[]): void {
    if (events.length === 0) return;
    for (const watcher of this.#watchers) {
      try {
        watcher.notify(events);
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
