/** A journal in memory: bounded, and gone with the process. @module */

import { type Clock, systemClock } from "../../lib/clock.ts";
import { frameText, partyOf, type StoredEvent } from "../core/event.ts";
import type {
  Batch,
  HistoryQuery,
  Journal,
  KeyedCommand,
  ReadOptions,
  ReadResult,
  Retention,
} from "./journal.ts";
import {
  CONSUMERS,
  KEYED_COMMANDS,
  KEYED_MS,
  newEpoch,
  refuseConsumer,
  SCAN_EVENTS,
  sizeOf,
  TRIM_EVENTS,
} from "./limits.ts";

/** How a {@linkcode MemoryJournal} is made. */
export interface MemoryJournalOptions {
  /** Time. */
  clock?: Clock;
  /**
   * Most events kept; beyond, the oldest are dropped.
   *
   * @default {100000}
   */
  maxEvents?: number;
}

interface Row {
  event: StoredEvent;
  at: number;
  party: string;
  size: number;
}

/** See the module. */
export class MemoryJournal implements Journal {
  readonly epoch: string = newEpoch();
  readonly failure: undefined = undefined;
  readonly #clock: Clock;
  readonly #maxEvents: number;
  readonly #watchers = new Set<(events: readonly StoredEvent[]) => void>();
  readonly #polls = new Map<string, number>();
  readonly #positions = new Map<string, number>();
  readonly #keyed = new Map<string, KeyedCommand>();
  /** The rows from `#dropped` on are kept; the array is cut now and then. */
  #rows: Row[] = [];
  #dropped = 0;
  #oldest = 1;
  #head = 0;
  #bytes = 0;

  constructor(options: MemoryJournalOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#maxEvents = options.maxEvents ?? 100_000;
  }

  get head(): number {
    return this.#head;
  }

  get oldest(): number {
    return this.#oldest;
  }

  append(batch: Batch): Promise<StoredEvent[]> {
    try {
      return Promise.resolve(this.#append(batch));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #append({ events, outcome, poll }: Batch): StoredEvent[] {
    let seq = this.#head;
    const rows = events.map(({ account, at, event, data }): Row => {
      const text = JSON.stringify(data);
      seq++;
      const frame = frameText(seq, at, account, event, text);
      return {
        event: { seq, account, event, frame },
        at,
        party: partyOf(data),
        size: sizeOf(text),
      };
    });
    const stored = rows.map(({ event }) => event);
    if (outcome !== undefined) {
      const keyed = this.#keyed.get(keyOf(outcome.account, outcome.key));
      if (keyed !== undefined) keyed.outcome = outcome.outcome(stored);
    }
    if (poll !== undefined) this.#polls.set(poll.account, poll.number);
    for (const row of rows) {
      this.#rows.push(row);
      this.#bytes += row.size;
    }
    this.#head = seq;
    this.#drop(Math.max(0, this.#kept - this.#maxEvents));
    if (stored.length > 0) {
      for (const watcher of this.#watchers) watcher(stored);
    }
    return stored;
  }

  watch(listener: (events: readonly StoredEvent[]) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  probe(): boolean {
    return true;
  }

  read(after: number, options: ReadOptions): ReadResult {
    const { limit } = options;
    const accounts = options.accounts && new Set(options.accounts);
    const names = options.events && new Set(options.events);
    const events: StoredEvent[] = [];
    const from = Math.max(after + 1, this.#oldest);
    const to = Math.min(this.#head, from + SCAN_EVENTS - 1);
    for (let seq = from; seq <= to; seq++) {
      const { event } = this.#row(seq);
      if (accounts?.has(event.account) === false) continue;
      if (names?.has(event.event) === false) continue;
      events.push(event);
      if (events.length === limit) return { events, upTo: seq };
    }
    return { events, upTo: Math.max(after, to) };
  }

  history(query: HistoryQuery): { events: StoredEvent[]; more: boolean } {
    const events: StoredEvent[] = [];
    const { account, party, limit } = query;
    for (
      let seq = Math.min(this.#head, (query.before ?? Infinity) - 1);
      seq >= this.#oldest;
      seq--
    ) {
      const row = this.#row(seq);
      if (row.event.account !== account) continue;
      if (party !== undefined && row.party !== party) continue;
      if (events.length === limit) {
        return { events: events.reverse(), more: true };
      }
      events.push(row.event);
    }
    return { events: events.reverse(), more: false };
  }

  polls(account: string): number {
    return this.#polls.get(account) ?? 0;
  }

  position(consumer: string): number | undefined {
    return this.#positions.get(consumer);
  }

  setPosition(consumer: string, seq: number): Promise<void> {
    const kept = this.#positions.get(consumer);
    if (kept === undefined && this.#positions.size >= CONSUMERS) {
      return Promise.reject(catching(() => refuseConsumer(consumer)));
    }
    this.#positions.set(consumer, Math.max(kept ?? 0, seq));
    return Promise.resolve();
  }

  keyed(account: string, key: string): KeyedCommand | undefined {
    const command = this.#keyed.get(keyOf(account, key));
    if (command === undefined) return undefined;
    return this.#clock.now() - command.at < KEYED_MS
      ? { ...command }
      : undefined;
  }

  begin(account: string, key: string, command: KeyedCommand): Promise<void> {
    const id = keyOf(account, key);
    // Taken out first, so that the map stays in the order of time.
    this.#keyed.delete(id);
    this.#keyed.set(id, { ...command });
    for (const oldest of this.#keyed.keys()) {
      if (this.#keyed.size <= KEYED_COMMANDS) break;
      this.#keyed.delete(oldest);
    }
    return Promise.resolve();
  }

  trim(
    now: number,
    { days, bytes }: Retention,
  ): { trimmed: number; more: boolean } {
    for (const [id, { at }] of this.#keyed) {
      if (now - at < KEYED_MS) break;
      this.#keyed.delete(id);
    }
    const before = now - days * 24 * 60 * 60_000;
    let trimmed = 0;
    let left = this.#bytes;
    while (trimmed < this.#kept) {
      const row = this.#row(this.#oldest + trimmed);
      if (row.at >= before && left <= bytes) break;
      if (trimmed === TRIM_EVENTS) {
        this.#drop(trimmed);
        return { trimmed, more: true };
      }
      left -= row.size;
      trimmed++;
    }
    this.#drop(trimmed);
    return { trimmed, more: false };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  get #kept(): number {
    return this.#head - this.#oldest + 1;
  }

  #row(seq: number): Row {
    return this.#rows[this.#dropped + seq - this.#oldest]!;
  }

  #drop(count: number): void {
    for (let index = 0; index < count; index++) {
      this.#bytes -= this.#row(this.#oldest + index).size;
    }
    this.#oldest += count;
    this.#dropped += count;
    // Cut when half of it is dropped, so that cutting costs nothing to speak of.
    if (this.#dropped > 1024 && this.#dropped > this.#rows.length / 2) {
      this.#rows = this.#rows.slice(this.#dropped);
      this.#dropped = 0;
    }
  }
}

function keyOf(account: string, key: string): string {
  return `${account}\n${key}`;
}

function catching(run: () => never): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
