/**
 * The hub tells readers that there is more; each reader is a cursor into the
 * journal and keeps no queue of its own.
 *
 * @module
 */

import { type Clock, systemClock } from "../../lib/clock.ts";
import type { EventName, GapFrame } from "../../mod.ts";
import type { Journal } from "../journal/journal.ts";
import type { StoredEvent } from "./event.ts";
import { runBehind } from "./recovery.ts";

/** Where a cursor's events go: a connection, as far as the hub knows it. */
export interface Sink {
  /** Whether more may be sent now; where not, the connection calls `pump` later. */
  ready(): boolean;
  /** Takes an event. */
  send(event: StoredEvent): void;
  /** Takes a gap. */
  gap(frame: GapFrame): void;
}

/** Which events a cursor lets through. */
export interface Filter {
  /** Whose. */
  readonly accounts: "all" | ReadonlySet<string>;
  /** Which. */
  readonly events: "all" | ReadonlySet<EventName>;
}

/** How a hub is made. */
export interface HubOptions {
  /** Time. */
  clock?: Clock;
  /**
   * Most events kept in memory for readers near the head; a reader further
   * back reads the journal.
   *
   * @default {4096}
   */
  tailEvents?: number;
}

/** Most events that a cursor sends in one go, so that others get their turn. */
const RUN_EVENTS = 256;

/** See the module. */
export class Hub {
  readonly journal: Journal;
  readonly #clock: Clock;
  readonly #tailEvents: number;
  readonly #unwatch: () => void;
  readonly #everyAccount = new Set<Cursor>();
  readonly #byAccount = new Map<string, Set<Cursor>>();
  #tail: StoredEvent[] = [];
  #head: number;

  constructor(journal: Journal, options: HubOptions = {}) {
    this.journal = journal;
    this.#clock = options.clock ?? systemClock;
    this.#tailEvents = options.tailEvents ?? 4096;
    this.#head = journal.head;
    this.#unwatch = journal.watch((events) => this.#publish(events));
  }

  /** The last event that cursors were told of. */
  get head(): number {
    return this.#head;
  }

  /** A cursor that starts behind a place; it sends at once what is there. */
  open(sink: Sink, filter: Filter, after: number): Cursor {
    const cursor = new Cursor(this, this.#clock, sink, filter, after);
    cursor.pump();
    return cursor;
  }

  /** Ends the hub: nothing is published any more. */
  close(): void {
    this.#unwatch();
    this.#everyAccount.clear();
    this.#byAccount.clear();
  }

  #publish(events: readonly StoredEvent[]): void {
    for (const event of events) {
      this.#tail.push(event);
      for (const cursor of this.#everyAccount) cursor.offer(event);
      const cursors = this.#byAccount.get(event.account);
      if (cursors !== undefined) {
        for (const cursor of cursors) cursor.offer(event);
      }
      this.#head = event.seq;
    }
    // Cut at twice the size, so that cutting costs nothing to speak of.
    if (this.#tail.length > 2 * this.#tailEvents) {
      this.#tail = this.#tail.slice(-this.#tailEvents);
    }
  }

  /** What comes behind a place. For cursors. */
  run(after: number, filter: Filter): ReturnType<typeof runBehind> {
    const { epoch, oldest } = this.journal;
    const options = {
      limit: RUN_EVENTS,
      ...(filter.accounts === "all" ? {} : { accounts: [...filter.accounts] }),
      ...(filter.events === "all" ? {} : { events: [...filter.events] }),
    };
    return runBehind(
      after,
      { epoch, oldest, head: this.#head },
      this.#tail,
      RUN_EVENTS,
      (from) => this.journal.read(from, options),
    );
  }

  /** Tells a cursor of every event from now on. For cursors. */
  follow(cursor: Cursor): void {
    for (const set of this.#setsOf(cursor.filter)) set.add(cursor);
  }

  /** The end of `follow`. For cursors. */
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

/** A reader of the journal: follows the head, or stands somewhere behind it. */
export class Cursor {
  readonly #hub: Hub;
  readonly #clock: Clock;
  readonly #sink: Sink;
  #filter: Filter;
  #position: number;
  #following = false;
  #closed = false;
  #cancelTurn: (() => void) | undefined;

  /** Made by {@linkcode Hub.open}. */
  constructor(
    hub: Hub,
    clock: Clock,
    sink: Sink,
    filter: Filter,
    after: number,
  ) {
    this.#hub = hub;
    this.#clock = clock;
    this.#sink = sink;
    this.#filter = filter;
    this.#position = after;
  }

  /** Which events it lets through. */
  get filter(): Filter {
    return this.#filter;
  }

  /** All up to here was sent or filtered out. */
  get position(): number {
    return this.#following ? this.#hub.head : this.#position;
  }

  /** Whether it has sent all there is. */
  get caughtUp(): boolean {
    return this.#following;
  }

  /** Takes a new event while following. For the hub. */
  offer(event: StoredEvent): void {
    const { events } = this.#filter;
    if (events !== "all" && !events.has(event.event)) return;
    if (this.#sink.ready()) {
      this.#sink.send(event);
    } else {
      this.#leave(event.seq - 1);
    }
  }

  /** Sends what is there while the sink is ready; called again when it may have become so. */
  pump(): void {
    if (this.#closed || this.#following || this.#cancelTurn !== undefined) {
      return;
    }
    if (!this.#sink.ready()) return;
    const run = this.#hub.run(this.#position, this.#filter);
    if (run.gap !== undefined) {
      this.#sink.gap(run.gap);
      this.#position = run.gap.to;
    }
    for (const event of run.events) {
      if (!this.#passes(event)) continue;
      if (!this.#sink.ready()) {
        this.#position = event.seq - 1;
        return;
      }
      this.#sink.send(event);
      // The sink may have closed us.
      if (this.#closed) return;
    }
    this.#position = run.upTo;
    if (this.#position >= this.#hub.head) {
      this.#following = true;
      this.#hub.follow(this);
    } else {
      this.#cancelTurn = this.#clock.after(0, () => {
        this.#cancelTurn = undefined;
        this.pump();
      });
    }
  }

  /** Changes the filter, and the place where one is given. */
  move(filter: Filter, after: number = this.position): void {
    this.#leave(after);
    this.#filter = filter;
    this.pump();
  }

  /** Ends the cursor. */
  close(): void {
    this.#leave(this.position);
    this.#closed = true;
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
  }

  #passes(event: StoredEvent): boolean {
    const { accounts, events } = this.#filter;
    return (accounts === "all" || accounts.has(event.account)) &&
      (events === "all" || events.has(event.event));
  }

  #leave(position: number): void {
    if (this.#following) this.#hub.unfollow(this);
    this.#following = false;
    this.#position = position;
  }
}
