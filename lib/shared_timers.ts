/** A clock whose long timers share one of the platform. @module */

import { type Clock, systemClock } from "./clock.ts";

/** From which delay on timers are shared, in milliseconds. A shorter one is exact. */
export const SHARED_FROM_MS = 5000;

/** How late a shared timer may be, in milliseconds. */
export const TICK_MS = 100;

/** Number of lists; a timer is in the one of its tick. */
const LISTS = 512;

/** A timer, between its neighbours in a list. */
class Entry {
  previous: Entry = this;
  next: Entry = this;
  run: (() => void) | undefined;
  tick = 0;
}

/**
 * Requests that have a timeout make and cancel thousands of timers a second. The
 * platform keeps each in a map, whose tables refer to each other, so that V8 kept
 * what all of them referred to until a full collection.
 */
class SharedTimers implements Clock {
  readonly #clock: Clock;
  readonly #origin: number;
  readonly #lists = Array.from({ length: LISTS }, () => new Entry());
  #count = 0;
  /** The last tick whose timers were called. */
  #tick = 0;
  #cancel: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#origin = clock.now();
  }

  now(): number {
    return this.#clock.now();
  }

  after(delayMs: number, run: () => void): () => void {
    if (delayMs < SHARED_FROM_MS) return this.#clock.after(delayMs, run);
    const elapsedMs = this.#clock.now() - this.#origin;
    if (this.#count++ === 0) {
      this.#tick = Math.floor(elapsedMs / TICK_MS);
      this.#wait();
    }
    const entry = new Entry();
    entry.run = run;
    entry.tick = Math.ceil((elapsedMs + delayMs) / TICK_MS);
    const head = this.#lists[entry.tick % LISTS]!;
    entry.previous = head.previous;
    entry.next = head;
    head.previous.next = entry;
    head.previous = entry;
    return () => this.#remove(entry);
  }

  #remove(entry: Entry): void {
    if (entry.run === undefined) return;
    entry.run = undefined;
    entry.previous.next = entry.next;
    entry.next.previous = entry.previous;
    // So that one that is kept keeps no other.
    entry.previous = entry.next = entry;
    // A timer would keep the process alive.
    if (--this.#count === 0) this.#cancel();
  }

  #wait(): void {
    const dueAt = this.#origin + (this.#tick + 1) * TICK_MS;
    this.#cancel = this.#clock.after(dueAt - this.#clock.now(), () => {
      const last = Math.floor((this.#clock.now() - this.#origin) / TICK_MS);
      const first = Math.max(this.#tick + 1, last - LISTS + 1);
      this.#tick = last;
      // Before the calls: one may remove the last timer and add another.
      this.#wait();
      for (let tick = first; tick <= last; tick++) {
        this.#call(this.#lists[tick % LISTS]!, last);
      }
    });
  }

  #call(head: Entry, last: number): void {
    const due: Entry[] = [];
    for (let entry = head.next; entry !== head; entry = entry.next) {
      if (entry.tick <= last) due.push(entry);
    }
    for (const entry of due) {
      const { run } = entry;
      this.#remove(entry);
      try {
        run?.();
      } catch (error) {
        // As from a timer of its own: the others are called all the same.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/**
 * Makes a clock whose timers of SHARED_FROM_MS and more share one timer, and are
 * at most TICK_MS late, never early.
 */
export function shareTimers(clock: Clock): Clock {
  return new SharedTimers(clock);
}

/** The clock of this machine, with shared timers. */
export const sharedClock: Clock = shareTimers(systemClock);
