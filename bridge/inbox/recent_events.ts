/** The events that were journalled last, so that they need not be read again. @module */

import type { StoredEvent } from "../journal/event.ts";

/** Maximum number of events that are kept; of more, all are read from the journal. */
const MAX_EVENTS = 1024;

/** Maximum number of characters of their frames. */
const MAX_CHARS = 1_048_576;

/** Keeps events from their commit until they are taken, while they are few. */
export class RecentEvents {
  #events: StoredEvent[] = [];
  #chars = 0;

  /** Adds events that follow those before. */
  add(events: readonly StoredEvent[]): void {
    for (const event of events) {
      this.#chars += event.frame.length;
      this.#events.push(event);
    }
    if (this.#events.length > MAX_EVENTS || this.#chars > MAX_CHARS) {
      this.clear();
    }
  }

  /**
   * Removes the events after a position, and returns them.
   *
   * @param limit Maximum number of events.
   * @returns Undefined if the next event is not among them.
   */
  take(after: number, limit: number): readonly StoredEvent[] | undefined {
    const from = this.#events.findIndex(({ seq }) => seq > after);
    if (from < 0 || this.#events[from]!.seq !== after + 1) return undefined;
    const taken = this.#events.splice(0, from + limit);
    for (const { frame } of taken) this.#chars -= frame.length;
    return from === 0 ? taken : taken.slice(from);
  }

  clear(): void {
    this.#events = [];
    this.#chars = 0;
  }
}
