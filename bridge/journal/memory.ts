/** A journal in memory: bounded, and gone with the process. @module */

import { type Clock, systemClock } from "../../lib/clock.ts";
import type { StoredEvent } from "./event.ts";
import {
  checkCount,
  checkKeyed,
  type Draft,
  draftsOf,
  eventAt,
  jsonOf,
  newEpoch,
  systemRandom,
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
  limitsOf,
  MEMORY_EVENTS,
  SCANNED_ROWS,
  TRIMMED_ROWS,
} from "./limits.ts";
import { ConsumerQuota } from "./consumer_quota.ts";
import { MemoryKeys } from "./memory_keys.ts";
import { NO_POLLS, type PollState, pollStateAfter } from "./poll_state.ts";
import { countExpired } from "./retention.ts";
import { CommitListeners } from "./commit_listeners.ts";

/** How a {@linkcode MemoryJournal} is made. */
export interface MemoryJournalOptions {
  /** Time; says when keyed commands are too old. */
  readonly clock?: Pick<Clock, "now">;
  /** Random numbers in [0, 1), for the epoch. */
  readonly random?: () => number;
  /**
   * Takes what a watcher throws.
   *
   * @default {reportError}
   */
  readonly onError?: (error: unknown) => void;
  /** Is told of each batch: how long it took, in seconds. */
  readonly appended?: (seconds: number) => void;
  /** Limits, where they are to be others. */
  readonly limits?: JournalLimits;
  /**
   * Most events kept; beyond, the oldest are dropped.
   *
   * @default {100000}
   */
  readonly maxEvents?: number;
  /**
   * The position behind which it starts; `freshPosition` gives one above all of
   * an earlier process.
   *
   * @default {0}
   */
  readonly after?: number;
}

interface Row extends Pick<Draft, "at" | "party" | "bytes"> {
  readonly event: StoredEvent;
}

/** See the module. */
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
  /** The rows from `#dropped` on are kept; the array is cut now and then. */
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
    this.#limits = limitsOf(options.limits);
    this.#room = new ConsumerQuota(this.#limits);
    this.#maxEvents = options.maxEvents ?? MEMORY_EVENTS;
    this.#watchers = new CommitListeners(options.onError ?? reportError);
    this.#appended = options.appended ?? (() => {});
    this.#keys = new MemoryKeys(this.#limits.keysPerAccount);
  }

  /** See {@linkcode Journal}. */
  get head(): number {
    return this.#head;
  }

  /** See {@linkcode Journal}. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Bytes that the kept events count for in retention. */
  get bytes(): number {
    return this.#bytes;
  }

  /** See {@linkcode Journal}. */
  // Async so that what does not hold rejects, as on disk.
  // deno-lint-ignore require-await
  async append(batch: Batch): Promise<StoredEvent[]> {
    const from = performance.now();
    const drafts = draftsOf(batch);
    this.#assertOpen();
    const { outcome, poll } = batch;
    const held = poll &&
      pollStateAfter(this.#polls.get(poll.account) ?? NO_POLLS, poll);
    if (poll !== undefined && held === undefined) return [];
    const events = drafts.map((draft, index) =>
      eventAt(this.#head + 1 + index, draft)
    );
    if (outcome !== undefined) {
      const ended = jsonOf("an outcome", outcome.outcome(events));
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

  /** See {@linkcode Journal}. */
  watch(listener: (events: readonly StoredEvent[]) => void): () => void {
    return this.#watchers.add(listener);
  }

  /** See {@linkcode Journal}. */
  probe(): boolean {
    return !this.#closed;
  }

  /** See {@linkcode Journal}. */
  read(after: number, options: ReadOptions): ReadResult {
    const { limit } = options;
    checkLimit(limit);
    const accounts = options.accounts && new Set(options.accounts);
    const names = options.events && new Set(options.events);
    const events: StoredEvent[] = [];
    const from = Math.max(after + 1, this.#oldest);
    const to = Math.min(this.#head, from + SCANNED_ROWS - 1);
    for (let seq = from; seq <= to; seq++) {
      const { event } = this.#row(seq);
      if (accounts?.has(event.account) === false) continue;
      if (names?.has(event.event) === false) continue;
      events.push(event);
      if (events.length === limit) return { events, upTo: seq };
    }
    return { events, upTo: to };
  }

  /** See {@linkcode Journal}. */
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

  /** See {@linkcode Journal}. */
  polls(account: string): number {
    return this.#polls.get(account)?.number ?? 0;
  }

  /** See {@linkcode Journal}. */
  pollEpoch(account: string): string | undefined {
    return this.#polls.has(account) ? this.epoch : undefined;
  }

  /** See {@linkcode Journal}. */
  repeats(account: string): boolean | undefined {
    return this.#polls.get(account)?.repeats;
  }

  /** See {@linkcode Journal}. */
  position(consumer: string): number | undefined {
    return this.#positions.get(consumer);
  }

  /** See {@linkcode Journal}. */
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

  /** See {@linkcode Journal}. */
  findCommand(account: string, key: string): IdempotencyRecord | undefined {
    return this.#keys.get(account, key, this.#clock.now());
  }

  /** See {@linkcode Journal}. */
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

  /** See {@linkcode Journal}. */
  // deno-lint-ignore require-await
  async forget(account: string): Promise<void> {
    this.#assertOpen();
    this.#polls.delete(account);
    this.#keys.forget(account);
  }

  /** See {@linkcode Journal}. */
  trim(
    now: number,
    retention: Retention,
  ): { trimmed: number; more: boolean } {
    let bytesLeft = this.#bytes;
    const oldest = this.#rows
      .slice(this.#dropped, this.#dropped + TRIMMED_ROWS + 1)
      .map(({ at, bytes }) => {
        const aged = { at, bytesLeft };
        bytesLeft -= bytes;
        return aged;
      });
    const { count, more } = countExpired(oldest, TRIMMED_ROWS, now, retention);
    this.#drop(count);
    const expired = this.#keys.expire(now, TRIMMED_ROWS);
    return { trimmed: count, more: more || expired === TRIMMED_ROWS };
  }

  /** See {@linkcode Journal}. */
  sizes(): JournalBytes {
    return {
      events: this.#bytes,
      keys: this.#keys.size * KEYED_BYTES,
      log: 0,
    };
  }

  /** See {@linkcode Journal}. Harmless when closed. */
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
    // Cut when half of it is dropped, so that cutting costs nothing to speak of.
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
