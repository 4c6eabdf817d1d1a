/** Searching the journal for the command `history`. @module */

import {
  type BridgeCommandData,
  type BridgeCommandParams,
  type EventFrame,
  type EventName,
  MAX_HISTORY_EVENTS,
} from "../../../mod.ts";
import { namesOf } from "../../hub/subscription.ts";
import { partyOf, type StoredEvent } from "../../journal/event.ts";
import type { Journal } from "../../journal/journal.ts";
import { MAX_SCANNED_ROWS } from "../../journal/limits.ts";

/** Maximum number of events that one call looks at; `searched` says how far it came. */
export const MAX_SEARCHED_EVENTS = 20_000;

/** Maximum number of slices of one call, between which the bridge does its other work. */
export const MAX_SEARCH_SLICES = 200;

/** Number of events that one slice looks at. */
const SLICE_EVENTS = 500;

/** Number of positions of the first backward slice over several accounts. */
const FIRST_WINDOW = 256;

type Params = BridgeCommandParams<"history">;

/** The accounts whose events are read: one, or those of a grant. */
export type HistoryReach =
  | { readonly account: string }
  | { readonly accounts: "all" | ReadonlySet<string> };

/** Reads a page of the journal, forwards with `after` or `since` alone, otherwise backwards. */
export async function searchHistory(
  journal: Journal,
  reach: HistoryReach,
  params: Params,
): Promise<BridgeCommandData<"history">> {
  const search = new HistorySearch(journal, reach, params);
  const { before, after, since, until } = params;
  const isForwards = (after ?? since) !== undefined &&
    (before ?? until) === undefined;
  return await (isForwards ? search.forwards() : search.backwards());
}

class HistorySearch {
  readonly #journal: Journal;
  readonly #reach: HistoryReach;
  readonly #params: Params;
  readonly #limit: number;
  readonly #text: string | undefined;
  readonly #names: readonly EventName[] | undefined;
  readonly #times: { since: number; until: number } | undefined;
  /** First and last position that the parameters allow. */
  readonly #low: number;
  readonly #high: number;
  #looked = 0;
  #slices = 0;

  constructor(journal: Journal, reach: HistoryReach, params: Params) {
    const { before, after, since, until, events, text, limit } = params;
    this.#journal = journal;
    this.#reach = reach;
    this.#params = params;
    this.#limit = Math.min(limit ?? MAX_HISTORY_EVENTS, MAX_HISTORY_EVENTS);
    this.#text = text?.toLowerCase();
    this.#names = events && [...namesOf(events)];
    const from = since === undefined ? -Infinity : Date.parse(since);
    const to = until === undefined ? Infinity : Date.parse(until);
    this.#times = (since ?? until) === undefined
      ? undefined
      : { since: from, until: to };
    this.#low = Math.max(
      journal.oldest,
      (after ?? 0) + 1,
      since === undefined ? 0 : this.#positionAt(from),
    );
    this.#high = Math.min(
      journal.head,
      (before ?? Infinity) - 1,
      until === undefined ? Infinity : this.#positionAt(to) - 1,
    );
  }

  /** The oldest matching events, ascending. */
  async forwards(): Promise<BridgeCommandData<"history">> {
    const found: EventFrame[] = [];
    let upTo = this.#low - 1;
    while (upTo < this.#high && found.length <= this.#limit) {
      if (this.#isExhausted()) break;
      const slice = this.#read(upTo, SLICE_EVENTS);
      this.#looked += slice.events.length;
      found.push(...this.#matching(slice.events));
      upTo = slice.upTo;
      await this.#nextSlice();
    }
    const isFull = found.length > this.#limit;
    const events = found.slice(0, this.#limit);
    const to = isFull ? events.at(-1)!.seq : Math.min(upTo, this.#high);
    return this.#answer(events, { from: this.#low, to }, to < this.#high);
  }

  /** The newest matching events, ascending. */
  async backwards(): Promise<BridgeCommandData<"history">> {
    const { found, from } = "account" in this.#reach
      ? await this.#pages(this.#reach.account)
      : await this.#windows();
    const isFull = found.length > this.#limit;
    const events = found.slice(-this.#limit);
    const lowest = isFull ? events[0]!.seq : Math.max(from, this.#low);
    return this.#answer(
      events,
      { from: lowest, to: this.#high },
      isFull || lowest > this.#low,
    );
  }

  /** Reads the events of one account by their index. */
  async #pages(
    account: string,
  ): Promise<{ found: EventFrame[]; from: number }> {
    let found: EventFrame[] = [];
    let from = this.#high + 1;
    const { with: party } = this.#params;
    const isFiltered = (this.#names ?? this.#text ?? this.#times) !== undefined;
    const size = isFiltered ? SLICE_EVENTS : this.#limit + 1;
    while (from > this.#low && found.length <= this.#limit) {
      if (this.#isExhausted()) break;
      const { events, more } = this.#journal.history({
        account,
        before: from,
        limit: size,
        ...(party === undefined ? {} : { party }),
      });
      this.#looked += events.length;
      this.#slices++;
      found = [...this.#matching(events), ...found];
      from = more ? events[0]!.seq : this.#low;
      if (found.length <= this.#limit && more) await this.#nextSlice();
    }
    return { found, from };
  }

  /** Reads the events of several accounts, whose positions have no common index. */
  async #windows(): Promise<{ found: EventFrame[]; from: number }> {
    let found: EventFrame[] = [];
    let from = this.#high + 1;
    let window = FIRST_WINDOW;
    while (from > this.#low && found.length <= this.#limit) {
      if (this.#isExhausted()) break;
      const last = this.#journal.lost.find(({ from: start, to }) =>
        from - 1 >= start && from - 1 <= to
      );
      if (last !== undefined) {
        from = Math.max(last.from, this.#low);
        continue;
      }
      const lost = this.#journal.lost.findLast(({ to }) => to < from - 1);
      const floor = Math.max(this.#low, from - window, (lost?.to ?? -1) + 1);
      const { events, isTooMany } = await this.#window(floor, from);
      if (isTooMany) {
        window = Math.max(MAX_SCANNED_ROWS, Math.floor(window / 8));
        continue;
      }
      this.#looked += events.length;
      found = [...this.#matching(events), ...found];
      from = floor;
      // Sparse events: trimmed accounts and filters leave long ranges empty.
      if (events.length < SLICE_EVENTS) window *= 2;
      else window = Math.min(window, MAX_SCANNED_ROWS);
    }
    return { found, from };
  }

  /** All events of a range, unless they are too many to look at. */
  async #window(
    from: number,
    end: number,
  ): Promise<{ events: StoredEvent[]; isTooMany: boolean }> {
    const events: StoredEvent[] = [];
    let upTo = from - 1;
    while (upTo < end - 1 && this.#slices < MAX_SEARCH_SLICES) {
      const slice = this.#read(upTo, MAX_SCANNED_ROWS);
      for (const event of slice.events) if (event.seq < end) events.push(event);
      upTo = slice.upTo;
      await this.#nextSlice();
      const isTooMany = events.length > MAX_SCANNED_ROWS &&
        end - from > MAX_SCANNED_ROWS;
      if (isTooMany) return { events: [], isTooMany };
    }
    return { events, isTooMany: upTo < end - 1 };
  }

  #read(
    after: number,
    limit: number,
  ): { events: readonly StoredEvent[]; upTo: number } {
    const reach = this.#reach;
    const accounts = "account" in reach ? [reach.account] : reach.accounts;
    const { events, upTo } = this.#journal.read(after, {
      limit,
      ...(accounts === "all" ? {} : { accounts: [...accounts] }),
      ...(this.#names === undefined ? {} : { events: this.#names }),
    });
    this.#slices++;
    return { events, upTo };
  }

  #matching(events: readonly StoredEvent[]): EventFrame[] {
    return events
      .filter(({ seq }) => seq >= this.#low && seq <= this.#high)
      .map(({ frame }) => JSON.parse(frame) as EventFrame)
      .filter((frame) => this.#matches(frame));
  }

  #matches({ at, event, data }: EventFrame): boolean {
    const { with: party } = this.#params;
    if (party !== undefined && partyOf(data) !== party) return false;
    if (this.#names?.includes(event) === false) return false;
    if (this.#times !== undefined) {
      // The clock may have been set back, so positions alone do not decide.
      const { since, until } = this.#times;
      if (Date.parse(at) < since || Date.parse(at) >= until) return false;
    }
    if (this.#text === undefined) return true;
    return "text" in data && data.text.toLowerCase().includes(this.#text);
  }

  #isExhausted(): boolean {
    return this.#slices >= MAX_SEARCH_SLICES ||
      this.#looked + MAX_SCANNED_ROWS > MAX_SEARCHED_EVENTS;
  }

  /** Lets the bridge do its other work. */
  #nextSlice(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve));
  }

  /** The position of the first event that is not older than a time; head + 1 if there is none. */
  #positionAt(time: number): number {
    const { oldest, head } = this.#journal;
    let [low, high] = [oldest, head + 1];
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      const first = this.#firstFrom(middle);
      if (first === undefined || Date.parse(first.at) >= time) high = middle;
      else low = first.seq + 1;
    }
    return low;
  }

  #firstFrom(position: number): EventFrame | undefined {
    const { head } = this.#journal;
    for (let upTo = position - 1; upTo < head;) {
      const slice = this.#journal.read(upTo, { limit: 1 });
      const [first] = slice.events;
      if (first !== undefined) return JSON.parse(first.frame) as EventFrame;
      upTo = slice.upTo;
    }
    return undefined;
  }

  #answer(
    events: EventFrame[],
    searched: { from: number; to: number },
    more: boolean,
  ): BridgeCommandData<"history"> {
    const { oldest, trimmed } = this.#journal;
    return {
      events,
      more,
      oldest: "account" in this.#reach
        ? trimmed.of(this.#reach.account) + 1
        : oldest,
      searched,
    };
  }
}
