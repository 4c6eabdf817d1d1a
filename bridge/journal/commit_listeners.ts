/** Listeners of committed events. @module */

import type { StoredEvent } from "./event.ts";

/** Called with events in order, after they became durable. */
export type CommitListener = (events: readonly StoredEvent[]) => void;

/** Notifies listeners after each commit. */
export class CommitListeners {
  readonly #listeners = new Set<{ notify: CommitListener }>();
  readonly #onError: (error: unknown) => void;

  /**
   * Calls `onError` with what a listener throws: the events are durable,
   * and the other listeners are notified too.
   */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Adds a listener and returns a function that removes it. */
  add(listener: CommitListener): () => void {
    const entry = { notify: listener };
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  notify(events: readonly StoredEvent[]): void {
    if (events.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener.notify(events);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
