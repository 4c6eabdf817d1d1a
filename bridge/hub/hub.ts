/** Publishes journalled events to cursors. @module */

import { type Clock, systemClock } from "../../lib/clock.ts";
import type { Journal, JournalRange, ReadResult } from "../journal/journal.ts";
import type { StoredEvent } from "../journal/event.ts";
import { Cursor, type CursorHub, type Filter, type Sink } from "./cursor.ts";
import { JOURNAL_COST, ReadTurns } from "./read_turns.ts";
import { readNext, type Slice } from "./recovery.ts";

export { Cursor, type Filter, type Sink };

export interface HubOptions {
  clock?: Clock;
  /**
   * Maximum number of events kept in memory for cursors near the head. A cursor
   * further back reads the journal.
   *
   * @default {4096}
   */
  tailEvents?: number;
  /**
   * Maximum number of characters of those events' frames, because events may be
   * long.
   *
   * @default {16777216}
   */
  tailChars?: number;
}

/**
 * Notifies cursors of journalled events. A cursor is a position in the journal
 * and has no queue, so a slow reader costs no memory.
 */
export class Hub implements CursorHub {
  readonly journal: Journal;
  readonly #tailEvents: number;
  readonly #tailChars: number;
  readonly #turns: ReadTurns;
  readonly #unwatch: () => void;
  readonly #everyAccount = new Set<Cursor>();
  readonly #byAccount = new Map<string, Set<Cursor>>();
  /** Accounts that have had events; `undefined` if the journal could not be read. */
  readonly #accounts: Set<string> | undefined;
  /** Cursors whose filter has pending accounts. */
  readonly #pending = new Set<Cursor>();
  #tail: StoredEvent[] = [];
  #chars = 0;
  #head: number;
  #isPublishing = false;
  /** Events journalled while another one is being published. */
  #unpublished: (readonly StoredEvent[])[] = [];
  /** Cursors that wanted to read while an event was being published. */
  readonly #deferred = new Set<Cursor>();

  constructor(journal: Journal, options: HubOptions = {}) {
    this.journal = journal;
    this.#tailEvents = options.tailEvents ?? 4096;
    this.#tailChars = options.tailChars ?? 16 * 1024 * 1024;
    this.#turns = new ReadTurns(options.clock ?? systemClock);
    this.#head = journal.head;
    this.#accounts = findAccounts(journal);
    this.#unwatch = journal.watch((events) => this.#publish(events));
  }

  get head(): number {
    return this.#head;
  }

  /** The journal's range, up to the last published event. */
  get range(): JournalRange {
    const { epoch, oldest, lost, trimmed } = this.journal;
    return { epoch, oldest, head: this.#head, lost, trimmed };
  }

  /** Opens a cursor at position `after`. It sends at once what the journal has after it. */
  open(sink: Sink, filter: Filter, after: number): Cursor {
    const cursor = new Cursor(this, sink, filter, after);
    cursor.pump();
    return cursor;
  }

  close(): void {
    this.#unwatch();
    this.#everyAccount.clear();
    this.#byAccount.clear();
    this.#pending.clear();
  }

  /** Splits accounts that a client names into those that have events and the others. */
  selectAccounts(
    named: readonly string[],
  ): Pick<Filter, "accounts" | "pending"> {
    const known = this.#accounts;
    if (known === undefined) return { accounts: new Set(named) };
    const others = named.filter((account) => !known.has(account));
    return {
      accounts: new Set(named.filter((account) => known.has(account))),
      pending: others.length === 0 ? undefined : `,${others.join(",")},`,
    };
  }

  track(cursor: Cursor): void {
    if (cursor.filter.pending === undefined) this.#pending.delete(cursor);
    else this.#pending.add(cursor);
  }

  forget(cursor: Cursor): void {
    this.#pending.delete(cursor);
    this.#turns.forget(cursor);
  }

  spend(events: number): void {
    this.#turns.spend(events);
  }

  readLater(cursor: Cursor): void {
    this.#turns.later(cursor);
  }

  defers(cursor: Cursor): boolean {
    if (!this.#isPublishing) return this.#turns.defers(cursor);
    this.#deferred.add(cursor);
    return true;
  }

  // A sink may cause another event to be journalled while it receives one. That
  // event waits, so that every cursor receives events in order.
  #publish(events: readonly StoredEvent[]): void {
    this.#unpublished.push(events);
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    const errors: unknown[] = [];
    for (let next; (next = this.#unpublished.shift()) !== undefined;) {
      for (const event of next) this.#publishOne(event, errors);
    }
    this.#isPublishing = false;
    this.#cutTail();
    for (const cursor of this.#deferred) {
      this.#deferred.delete(cursor);
      try {
        cursor.pump();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  #publishOne(event: StoredEvent, errors: unknown[]): void {
    this.#tail.push(event);
    this.#chars += event.frame.length;
    if (this.#accounts?.has(event.account) === false) {
      this.#accounts.add(event.account);
      for (const cursor of this.#pending) cursor.addAccount(event.account);
    }
    this.#offer(event, this.#everyAccount, errors);
    const cursors = this.#byAccount.get(event.account);
    if (cursors !== undefined) this.#offer(event, cursors, errors);
    this.#head = event.seq;
  }

  #offer(
    event: StoredEvent,
    cursors: ReadonlySet<Cursor>,
    errors: unknown[],
  ): void {
    // An error of one cursor must not stop the others: go on after that one.
    const left = cursors.values();
    let cursor: Cursor | undefined;
    for (let isDone = false; !isDone;) {
      try {
        for (cursor of left) cursor.offer(event);
        isDone = true;
      } catch (error) {
        try {
          cursor!.fail(error);
        } catch (error) {
          errors.push(error);
        }
      }
    }
  }

  #cutTail(): void {
    // Cut only at twice the size, so that the cost of cutting is spread over many events.
    const isLong = this.#tail.length > 2 * this.#tailEvents ||
      this.#chars > 2 * this.#tailChars;
    if (!isLong) return;
    let from = this.#tail.length;
    const least = Math.max(0, from - this.#tailEvents);
    let chars = 0;
    while (from > least) {
      const length = this.#tail[from - 1]!.frame.length;
      if (chars + length > this.#tailChars) break;
      chars += length;
      from--;
    }
    this.#tail = this.#tail.slice(from);
    this.#chars = chars;
  }

  readNext(after: number, filter: Filter, most: number): Slice {
    return readNext(
      after,
      this.range,
      this.#tail,
      most,
      (from) => {
        this.#turns.spend(JOURNAL_COST);
        return this.#read(from, filter, most);
      },
      filter.accounts,
    );
  }

  /** Repeats a failed read with fewer events, so that those before a damaged page are still sent. */
  #read(
    after: number,
    { accounts, events }: Filter,
    most: number,
  ): ReadResult {
    const filter = {
      ...(accounts === "all" ? {} : { accounts: [...accounts] }),
      ...(events === "all" ? {} : { events: [...events] }),
    };
    for (let limit = most;; limit /= 4) {
      try {
        return this.journal.read(after, { limit, ...filter });
      } catch (error) {
        if (limit === 1) throw error;
      }
    }
  }

  follow(cursor: Cursor): void {
    for (const set of this.#setsOf(cursor.filter)) set.add(cursor);
  }

  unfollow(cursor: Cursor): void {
    const { accounts } = cursor.filter;
    if (accounts === "all") {
      this.#everyAccount.delete(cursor);
      return;
    }
    for (const account of accounts) {
      const set = this.#byAccount.get(account);
      set?.delete(cursor);
      if (set?.size === 0) this.#byAccount.delete(account);
    }
  }

  *#setsOf(filter: Filter): Iterable<Set<Cursor>> {
    if (filter.accounts === "all") {
      yield this.#everyAccount;
      return;
    }
    for (const account of filter.accounts) {
      let set = this.#byAccount.get(account);
      if (set === undefined) this.#byAccount.set(account, set = new Set());
      yield set;
    }
  }
}

function findAccounts(journal: Journal): Set<string> | undefined {
  try {
    return new Set(journal.accounts());
  } catch {
    // Damaged: the journal keeps the error, and readers meet it again.
    return undefined;
  }
}
