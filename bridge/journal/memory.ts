/** A journal in memory. @module */

import { type Clock, systemClock } from "../../lib/clock.ts";
import { AccountUsage, type TrimmedPositions } from "./account_usage.ts";
import type { StoredEvent } from "./event.ts";
import {
  checkCount,
  checkKeyed,
  type Draft,
  eventAt,
  newEpoch,
  outcomeText,
  systemRandom,
  toDrafts,
} from "./draft.ts";
import type {
  Batch,
  HistoryQuery,
  IdempotencyRecord,
  Journal,
  JournalBytes,
  ReadOptions,
  ReadResult,
  Retention,
} from "./journal.ts";
import {
  checkLimit,
  type JournalLimits,
  KEYED_BYTES,
  MAX_SCANNED_ROWS,
  MAX_TRIMMED_ROWS,
  MEMORY_EVENTS,
  withDefaults,
} from "./limits.ts";
import { ConsumerQuota } from "./consumer_quota.ts";
import { MemoryKeys } from "./memory_keys.ts";
import { NO_POLLS, type PollState, pollStateAfter } from "./poll_state.ts";
import { excesses, isExpired } from "./retention.ts";
import { CommitListeners } from "./commit_listeners.ts";

export interface MemoryJournalOptions {
  /** Source of time; it decides when keyed commands expire. */
  readonly clock?: Pick<Clock, "now">;
  /** Random numbers in [0, 1), for the epoch. */
  readonly random?: () => number;
  /**
   * Called with what a listener throws.
   *
   * @default {reportError}
   */
  readonly onError?: (error: unknown) => void;
  /** Called with the duration of each append, in seconds. */
  readonly onAppend?: (seconds: number) => void;
  /** Limits that differ from the defaults. */
  readonly limits?: JournalLimits;
  /**
   * Maximum number of kept events; the oldest are dropped.
   *
   * @default {100000}
   */
  readonly maxEvents?: number;
  /**
   * Position after which it starts. `freshPosition` gives one above all
   * positions of an earlier process.
   *
   * @default {0}
   */
  readonly after?: number;
}

interface Row extends Pick<Draft, "at" | "party" | "bytes"> {
  readonly event: StoredEvent;
  /** Whether it was trimmed; such rows are removed from time to time. */
  isTrimmed: boolean;
}

/** A journal in memory: limited in size, and lost with the process. */
export class MemoryJournal implements Journal {
  readonly epoch: string;
  readonly failure: Error | undefined = undefined;
  readonly lost: readonly [] = [];
  readonly durable: boolean = false;
  readonly start: number;
  readonly readFailure: Error | undefined = undefined;
  readonly #clock: Pick<Clock, "now">;
  readonly #limits: Required<JournalLimits>;
  readonly #maxEvents: number;
  readonly #watchers: CommitListeners;
  readonly #appended: (seconds: number) => void;
  readonly #polls = new Map<string, PollState>();
  readonly #positions = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  readonly #room: ConsumerQuota;
  readonly #keys: MemoryKeys;
  /** Ascending. Those from `#first` on are kept, unless they are trimmed. */
  #rows: Row[] = [];
  #first = 0;
  /** Number of trimmed rows in the array. */
  #trimmedRows = 0;
  /** The rows of each account; its first ones may be trimmed. */
  readonly #byAccount = new Map<string, Row[]>();
  readonly #usage = new AccountUsage();
  #oldest: number;
  #head: number;
  #closed = false;

  constructor(options: MemoryJournalOptions = {}) {
    this.epoch = newEpoch(options.random ?? systemRandom);
    this.#head = this.start = options.after ?? 0;
    this.#oldest = this.#head + 1;
    // Positions before the start belong to another journal.
    this.#usage.loadForgotten(this.#head);
    this.#clock = options.clock ?? systemClock;
    this.#limits = withDefaults(options.limits);
    this.#room = new ConsumerQuota(this.#limits);
    this.#maxEvents = options.maxEvents ?? MEMORY_EVENTS;
    this.#watchers = new CommitListeners(options.onError ?? reportError);
    this.#appended = options.onAppend ?? (() => {});
    this.#keys = new MemoryKeys(this.#limits);
  }

  get head(): number {
    return this.#head;
  }

  get oldest(): number {
    return this.#oldest;
  }

  get bytes(): number {
    return this.#usage.bytes;
  }

  get trimmed(): TrimmedPositions {
    return this.#usage;
  }

  // Async, so that an invalid batch rejects as it does on disk.
  // deno-lint-ignore require-await
  async append(batch: Batch): Promise<StoredEvent[]> {
    const from = performance.now();
    const drafts = toDrafts(batch);
    this.#assertOpen();
    const { outcome, poll } = batch;
    const held = poll &&
      pollStateAfter(this.#polls.get(poll.account) ?? NO_POLLS, poll);
    if (poll !== undefined && held === undefined) return [];
    const events = drafts.map((draft, index) =>
      eventAt(this.#head + 1 + index, draft)
    );
    if (outcome !== undefined) {
      const ended = outcomeText(outcome, events[0]?.seq);
      this.#keys.finish(outcome.account, outcome.key, ended);
    }
    if (poll !== undefined) this.#polls.set(poll.account, held!);
    for (const [index, { at, party, bytes }] of drafts.entries()) {
      this.#add({ event: events[index]!, at, party, bytes, isTrimmed: false });
    }
    this.#head += events.length;
    const excess = this.#rows.length - this.#trimmedRows - this.#maxEvents;
    this.#trim(this.#oldestRows(excess));
    this.#appended((performance.now() - from) / 1000);
    this.#watchers.notify(events);
    return events;
  }

  watch(listener: (events: readonly StoredEvent[]) => void): () => void {
    return this.#watchers.add(listener);
  }

  probe(): boolean {
    return !this.#closed;
  }

  read(after: number, options: ReadOptions): ReadResult {
    const { limit } = options;
    checkLimit(limit);
    const accounts = options.accounts && new Set(options.accounts);
    const names = options.events && new Set(options.events);
    const events: StoredEvent[] = [];
    const from = this.#indexAfter(after);
    const to = Math.min(this.#rows.length, from + MAX_SCANNED_ROWS);
    for (let index = from; index < to; index++) {
      const { event, isTrimmed } = this.#rows[index]!;
      if (isTrimmed || accounts?.has(event.account) === false) continue;
      if (names?.has(event.event) === false) continue;
      events.push(event);
      if (events.length === limit) return { events, upTo: event.seq };
    }
    const isAll = to === this.#rows.length;
    return { events, upTo: isAll ? this.#head : this.#rows[to - 1]!.event.seq };
  }

  accounts(): string[] {
    return this.#usage.accounts();
  }

  history(query: HistoryQuery): { events: StoredEvent[]; more: boolean } {
    const { account, party, before, limit } = query;
    checkLimit(limit);
    const events: StoredEvent[] = [];
    const rows = this.#byAccount.get(account) ?? [];
    let index = rows.length - 1;
    for (; index >= 0 && events.length <= limit; index--) {
      const { event, isTrimmed, party: other } = rows[index]!;
      if (isTrimmed) break;
      if (before !== undefined && event.seq >= before) continue;
      if (party !== undefined && other !== party) continue;
      events.push(event);
    }
    return {
      events: events.slice(0, limit).reverse(),
      more: events.length > limit,
    };
  }

  polls(account: string): number {
    return this.#polls.get(account)?.number ?? 0;
  }

  pollEpoch(account: string): string | undefined {
    return this.#polls.has(account) ? this.epoch : undefined;
  }

  repeats(account: string): boolean | undefined {
    return this.#polls.get(account)?.repeats;
  }

  position(consumer: string): number | undefined {
    return this.#positions.get(consumer);
  }

  // deno-lint-ignore require-await
  async setPosition(consumer: string, seq: number): Promise<void> {
    this.#putPosition(consumer, seq, this.#positions.get(consumer) ?? 0);
  }

  // deno-lint-ignore require-await
  async resetPosition(consumer: string, seq: number): Promise<void> {
    this.#putPosition(consumer, seq, 0);
  }

  #putPosition(consumer: string, seq: number, least: number): void {
    checkCount("a consumer's position", seq);
    this.#assertOpen();
    if (!this.#positions.has(consumer)) {
      this.#room.check(consumer);
      this.#room.acquire(consumer);
      this.#seen.set(consumer, this.#clock.now());
    }
    this.#positions.set(consumer, Math.max(least, seq));
  }

  seenAt(consumer: string): number | undefined {
    return this.#seen.get(consumer);
  }

  // deno-lint-ignore require-await
  async setSeen(consumers: readonly string[], at: number): Promise<void> {
    checkCount("when a consumer was seen", at);
    this.#assertOpen();
    for (const consumer of consumers) {
      if (this.#seen.has(consumer)) this.#seen.set(consumer, at);
    }
  }

  consumersOf(prefix: string): string[] {
    return [...this.#positions.keys()].filter((one) => one.startsWith(prefix));
  }

  // deno-lint-ignore require-await
  async dropPosition(consumer: string): Promise<void> {
    this.#assertOpen();
    this.#seen.delete(consumer);
    if (this.#positions.delete(consumer)) this.#room.release(consumer);
  }

  findCommand(account: string, key: string): IdempotencyRecord | undefined {
    return this.#keys.get(account, key, this.#clock.now());
  }

  // deno-lint-ignore require-await
  async recordStart(
    account: string,
    key: string,
    command: IdempotencyRecord,
  ): Promise<void> {
    const outcome = checkKeyed(account, command);
    this.#assertOpen();
    this.#keys.put(account, key, command, outcome, this.#clock.now());
  }

  // deno-lint-ignore require-await
  async forget(account: string): Promise<void> {
    this.#assertOpen();
    this.#polls.delete(account);
    this.#keys.forget(account);
    this.#usage.forget(account, this.#oldest);
  }

  trim(
    now: number,
    retention: Retention,
  ): { trimmed: number; more: boolean } {
    const tooOld = this.#oldestRows(
      MAX_TRIMMED_ROWS + 1,
      ({ at, event }) =>
        isExpired({ at, age: this.#head - event.seq }, now, retention),
    );
    let more = tooOld.length > MAX_TRIMMED_ROWS;
    if (more) tooOld.pop();
    this.#trim(tooOld);
    let trimmed = tooOld.length;
    if (!more) {
      for (
        const { account, bytes } of excesses(
          this.#usage.usages(),
          retention.bytes,
        )
      ) {
        const room = MAX_TRIMMED_ROWS - trimmed;
        const rows = this.#oldestOf(account, bytes, room);
        this.#trim(rows);
        trimmed += rows.length;
        const trimmedBytes = rows.reduce((sum, { bytes }) => sum + bytes, 0);
        more = trimmedBytes < bytes;
        if (more) break;
      }
    }
    const expired = this.#keys.expire(now, MAX_TRIMMED_ROWS);
    return { trimmed, more: more || expired === MAX_TRIMMED_ROWS };
  }

  sizes(): JournalBytes {
    return {
      events: this.bytes,
      keys: this.#keys.size * KEYED_BYTES,
      log: 0,
    };
  }

  settle(): undefined {
    this.#assertOpen();
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #add(row: Row): void {
    const { account } = row.event;
    this.#rows.push(row);
    this.#usage.add(account, row.bytes);
    const rows = this.#byAccount.get(account);
    if (rows === undefined) this.#byAccount.set(account, [row]);
    else rows.push(row);
  }

  /** Index of the first kept row after a position. */
  #indexAfter(after: number): number {
    let low = this.#first;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rows[middle]!.event.seq <= after) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The oldest rows up to a time, at most so many. */
  #oldestRows(
    most: number,
    fits: (row: Row) => boolean = () => true,
  ): Row[] {
    const found: Row[] = [];
    for (let index = this.#first; index < this.#rows.length; index++) {
      const row = this.#rows[index]!;
      if (row.isTrimmed) continue;
      if (found.length >= most || !fits(row)) break;
      found.push(row);
    }
    return found;
  }

  /** The oldest rows of an account that have so many bytes together, at most so many rows. */
  #oldestOf(account: string, bytes: number, most: number): Row[] {
    const found: Row[] = [];
    let left = bytes;
    for (const row of this.#byAccount.get(account) ?? []) {
      if (row.isTrimmed) continue;
      if (left <= 0 || found.length === most) break;
      found.push(row);
      left -= row.bytes;
    }
    return found;
  }

  #trim(rows: readonly Row[]): void {
    if (rows.length === 0) return;
    for (const row of rows) row.isTrimmed = true;
    this.#trimmedRows += rows.length;
    this.#usage.trim(rows.map(({ event: { seq, account }, bytes }) => ({
      seq,
      account,
      bytes,
    })));
    while (this.#rows[this.#first]?.isTrimmed) this.#first++;
    this.#oldest = this.#rows[this.#first]?.event.seq ?? this.#head + 1;
    // Only when half is trimmed, so that the cost is spread over many events.
    if (
      this.#trimmedRows > 1024 && this.#trimmedRows > this.#rows.length / 2
    ) this.#compact();
  }

  #compact(): void {
    const isKept = ({ isTrimmed }: Row) => !isTrimmed;
    this.#rows = this.#rows.filter(isKept);
    this.#first = 0;
    this.#trimmedRows = 0;
    for (const [account, rows] of this.#byAccount) {
      const kept = rows.filter(isKept);
      if (kept.length > 0) this.#byAccount.set(account, kept);
      else this.#byAccount.delete(account);
    }
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new Error("Cannot append to the journal: it is closed");
  }
}
