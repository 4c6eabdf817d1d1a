/** The events of the journal that the page shows: loaded in both directions, and followed live. @module */

import type { EventFrame } from "../../../../../lib/frames/events.ts";
import { batch, type Signal, signal } from "../../deps.ts";
import { command } from "../../link/link.ts";
import { receiveEvents } from "../../link/event_link.ts";
import { Pace } from "../../store/pace.ts";
import {
  type Filters,
  isForwards,
  passes,
  toParams,
  toSubscription,
} from "./filters.ts";

/** Maximum number of events in memory; those farthest from the last load are dropped, and can be loaded again. */
export const MAX_ROWS = 10_000;

/** Calls of one search before it asks whether to continue. Each looks at up to 20,000 events. */
const CALLS_PER_SEARCH = 5;

/** Matches for which a search stops early. */
const ENOUGH_ROWS = 50;

export interface JournalState {
  /** Loaded events, ascending by position. */
  rows: readonly EventFrame[];
  /** Whether there may be earlier or later matches. */
  hasOlder: boolean;
  hasNewer: boolean;
  isLoading: boolean;
  error: unknown;
  /** First position that the bridge keeps. */
  oldest: number | undefined;
  /** Positions that have been looked at. */
  searched: { from: number; to: number } | undefined;
}

const EMPTY: JournalState = {
  rows: [],
  hasOlder: false,
  hasNewer: false,
  isLoading: false,
  error: undefined,
  oldest: undefined,
  searched: undefined,
};

/** One view of the journal with its filters. */
export class JournalReader {
  readonly state: Signal<JournalState> = signal(EMPTY);
  /** Whether the live tail is on, and connected. */
  readonly tail: Signal<"off" | "connecting" | "on"> = signal("off");
  readonly filters: Filters;
  #run = 0;
  #stream: AbortController | undefined;
  #arrived: EventFrame[] = [];
  readonly #pace = new Pace(() => this.#takeArrived());

  constructor(filters: Filters) {
    this.filters = filters;
  }

  /** Loads the newest matches, or the oldest ones after a time or a position. */
  async load(): Promise<void> {
    this.#run++;
    this.state.value = { ...EMPTY, isLoading: true };
    await this.#search(isForwards(this.filters) ? "newer" : "older");
  }

  /** Loads further matches on one side. Does nothing while it loads. */
  async loadMore(side: "older" | "newer"): Promise<void> {
    const { isLoading, hasOlder, hasNewer } = this.state.value;
    if (isLoading || !(side === "older" ? hasOlder : hasNewer)) return;
    this.#set({ isLoading: true, error: undefined });
    await this.#search(side);
  }

  /** Follows new events, after those that are loaded. */
  follow(): void {
    this.stopTail();
    const controller = this.#stream = new AbortController();
    this.tail.value = "connecting";
    receiveEvents({
      ...toSubscription(this.filters),
      maxQueued: MAX_ROWS,
      signal: controller.signal,
      onOpen: () => {
        if (this.#stream !== controller) return;
        this.tail.value = "on";
        // Between the load and the connection there may have been events.
        this.#set({ hasNewer: true });
        void this.loadMore("newer");
      },
      onLost: () => {
        if (this.#stream === controller) this.tail.value = "connecting";
      },
      onGap: () => {
        if (this.#stream === controller) void this.load();
      },
      onEvent: (frame) => {
        if (this.#stream !== controller) return;
        if (passes(frame, this.filters)) this.#arrive(frame);
      },
    }).catch(() => {
      // The session has ended, which the page's own connection reports.
      if (this.#stream === controller) this.stopTail();
    });
  }

  stopTail(): void {
    this.#stream?.abort();
    this.#stream = undefined;
    this.tail.value = "off";
  }

  /** Ends the live tail and ignores what is still loading. */
  close(): void {
    this.#run++;
    this.stopTail();
    this.#pace.stop();
  }

  #arrive(frame: EventFrame): void {
    this.#arrived.push(frame);
    if (this.#arrived.length > MAX_ROWS) {
      // Too much to hold: the history has it all.
      this.#arrived = [];
      this.#set({ hasNewer: true });
    }
    this.#pace.ask();
  }

  /** Adds what has arrived, once all before it is loaded. */
  #takeArrived(): void {
    if (this.state.value.hasNewer) {
      void this.loadMore("newer");
      return;
    }
    const arrived = this.#arrived;
    this.#arrived = [];
    this.#add(arrived, "newer");
    const last = arrived.at(-1);
    const { searched } = this.state.value;
    if (last === undefined || searched === undefined) return;
    this.#set({
      searched: { ...searched, to: Math.max(searched.to, last.seq) },
    });
  }

  async #search(side: "older" | "newer"): Promise<void> {
    const run = this.#run;
    try {
      let found = 0;
      for (let call = 0; call < CALLS_PER_SEARCH; call++) {
        const more = await this.#readOnce(side, run);
        if (more === undefined) return;
        found += more.count;
        if (!more.more || found >= ENOUGH_ROWS) break;
      }
      this.#set({ isLoading: false });
      if (this.#arrived.length > 0 && !this.state.value.hasNewer) {
        this.#takeArrived();
      }
    } catch (error) {
      if (run === this.#run) this.#set({ isLoading: false, error });
    }
  }

  /** One call; `undefined` if the view has been closed or loaded anew. */
  async #readOnce(
    side: "older" | "newer",
    run: number,
  ): Promise<{ count: number; more: boolean } | undefined> {
    const { searched } = this.state.value;
    const { account } = this.filters;
    const params = toParams(this.filters);
    if (searched !== undefined && side === "older") {
      params.before = searched.from;
    }
    if (searched !== undefined && side === "newer") {
      // Another bound would make it read backwards.
      delete params.until;
      params.after = searched.to;
    }
    const answer = await command(
      "history",
      params,
      account === undefined ? {} : { account },
    );
    if (run !== this.#run) return undefined;
    const { more, oldest } = answer;
    // Without its bound, a later call reads beyond it.
    const events = answer.events.filter((frame) => passes(frame, this.filters));
    const now = this.state.value.searched ?? answer.searched;
    const isFirst = searched === undefined;
    batch(() => {
      this.#add(events, side);
      this.#set({
        oldest,
        searched: side === "older"
          ? {
            from: Math.min(answer.searched.from, now.from),
            to: Math.max(now.to, isFirst ? answer.searched.to : 0),
          }
          : {
            from: Math.min(now.from, isFirst ? answer.searched.from : Infinity),
            to: Math.max(answer.searched.to, now.to),
          },
        ...(side === "older" ? { hasOlder: more } : { hasNewer: more }),
      });
    });
    return { count: events.length, more };
  }

  #add(events: readonly EventFrame[], side: "older" | "newer"): void {
    const { rows } = this.state.value;
    const all = merge(rows, events);
    if (all.length === rows.length) return;
    const excess = all.length - MAX_ROWS;
    const { searched } = this.state.value;
    if (excess <= 0) {
      this.#set({ rows: all });
    } else if (side === "newer") {
      const kept = all.slice(excess);
      this.#set({
        rows: kept,
        hasOlder: true,
        ...(searched === undefined
          ? {}
          : { searched: { ...searched, from: kept[0]!.seq } }),
      });
    } else {
      const kept = all.slice(0, MAX_ROWS);
      this.#set({
        rows: kept,
        hasNewer: true,
        ...(searched === undefined
          ? {}
          : { searched: { ...searched, to: kept.at(-1)!.seq } }),
      });
    }
  }

  #set(change: Partial<JournalState>): void {
    this.state.value = { ...this.state.value, ...change };
  }
}

/** Unites two runs of events, both ascending, without duplicates. */
function merge(
  rows: readonly EventFrame[],
  events: readonly EventFrame[],
): EventFrame[] {
  const last = rows.at(-1)?.seq ?? 0;
  // The usual case, which must be cheap: all are new.
  if (events.length === 0 || events[0]!.seq > last) {
    return [...rows, ...events];
  }
  const known = new Set(rows.map(({ seq }) => seq));
  return [...rows, ...events.filter(({ seq }) => !known.has(seq))]
    .sort((one, other) => one.seq - other.seq);
}
