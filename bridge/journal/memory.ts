/** A journal in memory. @module */

import { type Clock, systemClock } from "../../lib/clock.ts";
import type { StoredEvent } from "./event.ts";
import {
  checkCount,
  checkKeyed,
  type Draft,
  eventAt,
  newEpoch,
  systemRandom,
  toDrafts,
  toJson,
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
import { countExpired } from "./retention.ts";
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
  /** The rows from `#dropped` on are kept; the array is cut from time to time. */
  #rows: Row[] = [];
  #dropped = 0;
  #oldest: number;
  #head: number;
  #bytes = 0;
  #closed = false;

  constructor(options: MemoryJournalOptions = {}) {
    this.epoch = newEpoch(options.random ?? systemRandom);
    this.#head = this.start = options.after ?? 0;
    this.#oldest = this.#head + 1;
    this.#clock = options.clock ?? systemClock;
    this.#limits = withDefaults(options.limits);
    this.#room = new ConsumerQuota(this.#limits);
    this.#maxEvents = options.maxEvents ?? MEMORY_EVENTS;
    this.#watchers = new CommitListeners(options.onError ?? reportError);
    this.#appended = options.onAppend ?? (() => {});
    this.#keys = new MemoryKeys(this.#limits.keysPerAccount);
  }

  get head(): number {
    return this.#head;
  }

  get oldest(): number {
    return this.#oldest;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** // Async, so that an invalid batch rejects as it does on disk. */
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
      const ended = toJson("an outcome", outcome.outcome(events));
      this.#keys.finish(outcome.account, outcome.key, ended);
    }
    if (poll !== undefined) this.#polls.set(poll.account, held!);
    for (const [index, { at, party, bytes }] of drafts.entries()) {
      this.#rows.push({ event: events[index]!, at, party, bytes });
      this.#bytes += bytes;
    }
    this.#head += events.length;
    this.#drop(Math.max(0, this.#kept - this.#maxEvents));
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
    const from = Math.max(after + 1, this.#oldest);
    const to = Math.min(this.#head, from + MAX_SCANNED_ROWS - 1);
    for (let seq = from; seq <= to; seq++) {
      const { event } = this.#row(seq);
      if (accounts?.has(event.account) === false) continue;
      if (names?.has(event.event) === false) continue;
      events.push(event);
      if (events.length === limit) return { events, upTo: seq };
    }
    return { events, upTo: to };
  }

  accounts(): string[] {
    const accounts = new Set<string>();
    for (let seq = this.#oldest; seq <= this.#head; seq++) {
      accounts.add(this.#row(seq).event.account);
    }
    return [...accounts];
  }

  history(query: HistoryQuery): { events: StoredEvent[]; more: boolean } {
    const { account, party, before, limit } = query;
    checkLimit(limit);
    const events: StoredEvent[] = [];
    let seq = Math.min(this.#head, (before ?? Infinity) - 1);
    for (; seq >= this.#oldest && events.length <= limit; seq--) {
      const row = this.#row(seq);
      if (row.event.account !== account) continue;
      if (party !== undefined && row.party !== party) continue;
      events.push(row.event);
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
  }

  trim(
    now: number,
    retention: Retention,
  ): { trimmed: number; more: boolean } {
    let bytesLeft = this.#bytes;
    const oldest = this.#rows
      .slice(this.#dropped, this.#dropped + MAX_TRIMMED_ROWS + 1)
      .map(({ at, bytes }) => {
        const aged = { at, bytesLeft };
        bytesLeft -= bytes;
        return aged;
      });
    const { count, more } = countExpired(
      oldest,
      MAX_TRIMMED_ROWS,
      now,
      retention,
    );
    this.#drop(count);
    const expired = this.#keys.expire(now, MAX_TRIMMED_ROWS);
    return { trimmed: count, more: more || expired === MAX_TRIMMED_ROWS };
  }

  sizes(): JournalBytes {
    return {
      events: this.#bytes,
      keys: this.#keys.size * KEYED_BYTES,
      log: 0,
    };
  }

  close(): Promise<void> {
    this.#closed = true;
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
      this.#bytes -= this.#row(this.#oldest + index).bytes;
    }
    this.#oldest += count;
    this.#dropped += count;
    // Cut only when half is dropped, so that the cost is spread over many
    // events.
    if (this.#dropped > 1024 && this.#dropped > this.#rows.length / 2) {
      this.#rows = this.#rows.slice(this.#dropped);
      this.#dropped = 0;
    }
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new Error("Cannot append to the journal: it is closed");
  }
}
