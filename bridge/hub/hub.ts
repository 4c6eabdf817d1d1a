/**
 * The hub tells readers that there is more; each reader is a cursor into the
 * journal and keeps no queue of its own.
 *
 * @module
 */

import { type Clock, systemClock } from "../../lib/clock.ts";
import type { EventName, GapFrame } from "../../mod.ts";
import type { Journal, JournalRange, ReadResult } from "../journal/journal.ts";
import type { StoredEvent } from "../journal/event.ts";
import { readNext } from "./recovery.ts";

/** Where a cursor's events go: a connection, as far as the hub knows it. */
export interface Sink {
  /** Whether more may be sent now; where not, the connection calls `pump` later. */
  isReady(): boolean;
  /** Takes an event. */
  send(event: StoredEvent): void;
  /** Takes a gap. */
  sendGap(frame: GapFrame): void;
  /**
   * Called with what it threw, or what reading for it threw. Its cursor is
   * closed, so it ends or opens another one. It does not throw.
   */
  onError(error: unknown): void;
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
  /**
   * Most characters of those events' frames, for events may be long.
   *
   * @default {16777216}
   */
  tailChars?: number;
}

/** Most events that a cursor sends in one go, so that others get their turn. A power of 4. */
const RUN_EVENTS = 256;

/** See the module. */
export class Hub {
  readonly journal: Journal;
  readonly #clock: Clock;
  readonly #tailEvents: number;
  readonly #tailChars: number;
  readonly #unwatch: () => void;
  readonly #everyAccount = new Set<Cursor>();
  readonly #byAccount = new Map<string, Set<Cursor>>();
  #tail: StoredEvent[] = [];
  #chars = 0;
  #head: number;
  #publishing = false;
  /** What was journalled while an event was being told. */
  #untold: (readonly StoredEvent[])[] = [];
  /** Cursors that wanted to read while an event was being told. */
  readonly #deferred = new Set<Cursor>();

  constructor(journal: Journal, options: HubOptions = {}) {
    this.journal = journal;
    this.#clock = options.clock ?? systemClock;
    this.#tailEvents = options.tailEvents ?? 4096;
    this.#tailChars = options.tailChars ?? 16 * 1024 * 1024;
    this.#head = journal.head;
    this.#unwatch = journal.watch((events) => this.#publish(events));
  }

  /** The last event that cursors were told of. */
  get head(): number {
    return this.#head;
  }

  /** The journal as far as cursors were told of it. */
  get range(): JournalRange {
    const { epoch, oldest, lost } = this.journal;
    return { epoch, oldest, head: this.#head, lost };
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

  /** Whether a cursor must wait until the event under way is told; it is pumped then. For cursors. */
  defers(cursor: Cursor): boolean {
    if (this.#publishing) this.#deferred.add(cursor);
    return this.#publishing;
  }

  // A sink may do anything while it is told, even what journals another event:
  // all else waits, so that no cursor hears of a later event first.
  #publish(events: readonly StoredEvent[]): void {
    this.#untold.push(events);
    if (this.#publishing) return;
    this.#publishing = true;
    const errors: unknown[] = [];
    for (let next; (next = this.#untold.shift()) !== undefined;) {
      for (const event of next) this.#tell(event, errors);
    }
    this.#publishing = false;
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

  #tell(event: StoredEvent, errors: unknown[]): void {
    this.#tail.push(event);
    this.#chars += event.frame.length;
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
    // One reader's fault is not the others': it goes on behind that one.
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
    // Cut at twice the size, so that cutting costs nothing to speak of.
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

  /** What comes behind a place. For cursors. */
  run(after: number, filter: Filter): ReturnType<typeof readNext> {
    return readNext(
      after,
      this.range,
      this.#tail,
      RUN_EVENTS,
      (from) => this.#read(from, filter),
    );
  }

  /** A read that fails is repeated with fewer events, so that those before a damaged page are still sent. */
  #read(after: number, { accounts, events }: Filter): ReadResult {
    const filter = {
      ...(accounts === "all" ? {} : { accounts: [...accounts] }),
      ...(events === "all" ? {} : { events: [...events] }),
    };
    for (let limit = RUN_EVENTS;; limit /= 4) {
      try {
        return this.journal.read(after, { limit, ...filter });
      } catch (error) {
        if (limit === 1) throw error;
      }
    }
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
  #pumping = false;
  #closed = false;
  /** Counts moves, so that a sink may move or close its cursor while it is sent to. */
  #moves = 0;
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
    return this.#following
      ? Math.max(this.#position, this.#hub.head)
      : this.#position;
  }

  /** Whether it has sent all there is. */
  get caughtUp(): boolean {
    return this.#following;
  }

  /** Takes a new event while following. For the hub. */
  offer(event: StoredEvent): void {
    const { events } = this.#filter;
    if (events !== "all" && !events.has(event.event)) return;
    if (!this.#sink.isReady()) return this.#leave(event.seq - 1);
    this.#position = event.seq;
    this.#sink.send(event);
  }

  /** Sends what is there while the sink is ready; called again when it may have become so. */
  pump(): void {
    const isBusy = this.#pumping || this.#cancelTurn !== undefined;
    if (this.#closed || this.#following || isBusy) return;
    if (this.#hub.defers(this)) return;
    this.#pumping = true;
    try {
      if (this.#sink.isReady()) this.#read();
    } catch (error) {
      this.fail(error);
    } finally {
      this.#pumping = false;
    }
  }

  #read(): void {
    const run = this.#hub.run(this.#position, this.#filter);
    const moves = this.#moves;
    const isMoved = () => {
      // The sink may have closed us, or moved us: then this run is none of ours.
      if (this.#moves === moves) return false;
      if (!this.#closed) this.#readLater();
      return true;
    };
    if (run.gap !== undefined) {
      this.#position = run.gap.to;
      this.#sink.sendGap(run.gap);
      if (isMoved()) return;
    }
    for (const event of run.events) {
      if (!this.#passes(event)) continue;
      if (!this.#sink.isReady()) {
        this.#position = event.seq - 1;
        return;
      }
      this.#position = event.seq;
      this.#sink.send(event);
      if (isMoved()) return;
    }
    this.#position = run.upTo;
    if (this.#position < this.#hub.head) return this.#readLater();
    this.#following = true;
    this.#hub.follow(this);
  }

  #readLater(): void {
    this.#cancelTurn ??= this.#clock.after(0, () => {
      this.#cancelTurn = undefined;
      this.pump();
    });
  }

  /** Changes the filter, and the place where one is given. */
  move(filter: Filter, after: number = this.position): void {
    this.#leave(after);
    this.#moves++;
    this.#filter = filter;
    this.pump();
  }

  /** Ends the cursor. */
  close(): void {
    this.#leave(this.position);
    this.#moves++;
    this.#closed = true;
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
  }

  /** Closes it, and tells its sink why. For the hub. */
  fail(error: unknown): void {
    this.close();
    this.#sink.onError(error);
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
