/** A reader of the journal. @module */

import type { EventName, GapFrame } from "../../mod.ts";
import type { StoredEvent } from "../journal/event.ts";
import type { AccountGap, Slice } from "./recovery.ts";

/** Receives a cursor's events: a connection, as far as the hub knows it. */
export interface Sink {
  /** Whether it accepts more now. If not, the connection calls `Cursor.pump` later. */
  isReady(): boolean;
  send(event: StoredEvent): void;
  /** Called when events are no longer available. */
  sendGap(frame: GapFrame): void;
  /**
   * Called with an error that the sink threw, or that reading for it threw. Its
   * cursor is closed by then. Must not throw.
   */
  onError(error: unknown): void;
}

/** Which events a cursor sends. */
export interface Filter {
  /** Accounts whose events pass, or `all`. */
  readonly accounts: "all" | ReadonlySet<string>;
  /**
   * Further accounts whose events pass as soon as they have any, as
   * `,10005,10006,`: a set of numbers that a client invents would cost it little
   * and this process much.
   */
  readonly pending?: string | undefined;
  /** Names of the events that pass, or `all`. */
  readonly events: "all" | ReadonlySet<EventName>;
}

/** What a cursor asks of its hub. */
export interface CursorHub {
  /** Position of the last published event. */
  readonly head: number;
  /** Whether the cursor must wait until the current event is published, or for a later turn; it is pumped then. */
  defers(cursor: Cursor): boolean;
  /** What follows a position. @param most Maximum number of events, a power of 4. */
  readNext(after: number, filter: Filter, most: number): Slice;
  /** Offers every event from now on to the cursor. */
  follow(cursor: Cursor): void;
  unfollow(cursor: Cursor): void;
  /** Calls {@linkcode Cursor.addAccount} for each pending account that gets its first event. */
  track(cursor: Cursor): void;
  /** Forgets a cursor that was closed. */
  forget(cursor: Cursor): void;
  /** Counts events that a cursor sent while it read. */
  spend(events: number): void;
  /** Pumps the cursor in a later turn of the event loop. */
  readLater(cursor: Cursor): void;
}

/** Maximum number of events that a cursor reads in one turn, so that others get theirs. A power of 4. */
const MAX_RUN_EVENTS = 256;

/** The same of the first run, which is soon there, and of a reader that took few of those before. A power of 4. */
const MIN_RUN_EVENTS = 16;

/** One reader of the journal. It either follows the head or is catching up. It keeps a position, not a queue. */
export class Cursor {
  readonly #hub: CursorHub;
  readonly #sink: Sink;
  #filter: Filter;
  #position: number;
  #isFollowing = false;
  #isPumping = false;
  #isClosed = false;
  /** Number of moves, because a sink may move or close its cursor while it receives an event. */
  #moves = 0;
  /** Number of events to read next. What a slow reader does not take is read again. */
  #most = MIN_RUN_EVENTS;
  /** Up to which position a gap of each account was sent, until the cursor is past them. Most cursors have none. */
  #sentGaps: Map<string, number> | undefined;
  /** The greatest of these positions, or of those before. */
  #gapsTo = 0;

  /** For the hub: use `Hub.open`. */
  constructor(
    hub: CursorHub,
    sink: Sink,
    filter: Filter,
    after: number,
  ) {
    this.#hub = hub;
    this.#sink = sink;
    this.#filter = filter;
    this.#position = after;
    hub.track(this);
  }

  get filter(): Filter {
    return this.#filter;
  }

  /** Position up to which every event was sent or filtered out. */
  get position(): number {
    return this.#isFollowing
      ? Math.max(this.#position, this.#hub.head)
      : this.#position;
  }

  /** Whether it follows the head, having sent every earlier event. */
  get caughtUp(): boolean {
    return this.#isFollowing;
  }

  /** For the hub: offers a new event to a cursor that follows the head. */
  offer(event: StoredEvent): void {
    const { events } = this.#filter;
    if (events !== "all" && !events.has(event.event)) return;
    if (!this.#sink.isReady()) return this.#leave(event.seq - 1);
    this.#position = event.seq;
    this.#sink.send(event);
  }

  /** Sends what the journal has while the sink is ready. The sink calls it again once it is ready. */
  pump(): void {
    if (this.#isClosed || this.#isFollowing || this.#isPumping) return;
    if (this.#hub.defers(this)) return;
    this.#isPumping = true;
    try {
      if (this.#sink.isReady()) this.#read();
    } catch (error) {
      this.fail(error);
    } finally {
      this.#isPumping = false;
    }
  }

  #read(): void {
    const slice = this.#hub.readNext(
      this.#position,
      this.#filter,
      this.#most,
    );
    let sent = 0;
    const moves = this.#moves;
    const isMoved = () => {
      // The sink may have closed or moved this cursor: the rest of the slice is then obsolete.
      if (this.#moves === moves) return false;
      if (!this.#isClosed) this.#hub.readLater(this);
      return true;
    };
    if (slice.gap !== undefined) {
      this.#position = slice.gap.to;
      this.#sink.sendGap(slice.gap);
      if (isMoved()) return;
    }
    for (const gap of slice.accountGaps ?? []) {
      if (this.#isSent(gap)) continue;
      if (!this.#sink.isReady()) return;
      this.#sendAccountGap(gap);
      if (isMoved()) return;
    }
    for (const event of slice.events) {
      // The tail may still have an event that was reported as trimmed.
      if (!this.#passes(event) || this.#isMissing(event)) continue;
      if (!this.#sink.isReady()) {
        this.#position = event.seq - 1;
        this.#most = runFor(sent);
        return;
      }
      sent++;
      this.#hub.spend(1);
      this.#position = event.seq;
      this.#sink.send(event);
      if (isMoved()) return;
    }
    this.#most = Math.min(4 * this.#most, MAX_RUN_EVENTS);
    this.#position = slice.upTo;
    if (this.#position >= this.#gapsTo) this.#sentGaps = undefined;
    if (this.#position < this.#hub.head) return this.#hub.readLater(this);
    this.#isFollowing = true;
    this.#hub.follow(this);
  }

  #isSent({ account, to }: AccountGap): boolean {
    return to <= this.#sentTo(account);
  }

  #sentTo(account: string): number {
    return this.#sentGaps?.get(account) ?? 0;
  }

  #isMissing({ account, seq }: StoredEvent): boolean {
    return this.#sentGaps !== undefined && seq <= this.#sentTo(account);
  }

  /** Sends the part of a gap that was not sent: more may have been trimmed meanwhile. */
  #sendAccountGap(gap: AccountGap): void {
    const sent = this.#sentTo(gap.account);
    this.#sentGaps ??= new Map();
    this.#sentGaps.set(gap.account, gap.to);
    this.#gapsTo = Math.max(this.#gapsTo, gap.to);
    this.#sink.sendGap({ ...gap, from: Math.max(gap.from, sent + 1) });
  }

  /** Changes the filter, and the position if `after` is given. */
  move(filter: Filter, after: number = this.position): void {
    if (after !== this.position) {
      this.#sentGaps = undefined;
      this.#gapsTo = 0;
    }
    this.#leave(after);
    this.#moves++;
    this.#filter = filter;
    this.#hub.track(this);
    this.pump();
  }

  close(): void {
    this.#leave(this.position);
    this.#moves++;
    this.#isClosed = true;
    this.#hub.forget(this);
  }

  /** For the hub: lets the events of a pending account pass, before it gets its first one. */
  addAccount(account: string): void {
    const { accounts, pending } = this.#filter;
    if (accounts === "all" || pending?.includes(`,${account},`) !== true) {
      return;
    }
    const isFollowing = this.#isFollowing;
    if (isFollowing) this.#hub.unfollow(this);
    const all = new Set(accounts).add(account);
    this.#filter = { ...this.#filter, accounts: all };
    if (isFollowing) this.#hub.follow(this);
  }

  /** For the hub: closes the cursor and reports the error to its sink. */
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
    if (this.#isFollowing) this.#hub.unfollow(this);
    this.#isFollowing = false;
    this.#position = position;
  }
}

/** How many events to read for a reader that took so many at once. */
function runFor(taken: number): number {
  let most = MIN_RUN_EVENTS;
  while (most < taken && most < MAX_RUN_EVENTS) most *= 4;
  return most;
}
