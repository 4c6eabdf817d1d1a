/** The journal in SQLite. @module */

import { type Clock, systemClock } from "../../../lib/clock.ts";
import type { StoredEvent } from "../event.ts";
import {
  checkCount,
  checkKeyed,
  outcomeText,
  systemRandom,
  toDrafts,
} from "../draft.ts";
import { ConsumerPositions } from "./consumer_positions.ts";
import { ConsumerRows } from "./consumer_rows.ts";
import { JournalWriteError } from "../limits.ts";
import { EventRows } from "./event_rows.ts";
import { Expiry, lastPositions } from "./expiry.ts";
import { GroupCommit, type Write } from "./group_commit.ts";
import { JournalWrites } from "./journal_writes.ts";
import type {
  Batch,
  HistoryQuery,
  IdempotencyRecord,
  Journal,
  JournalBytes,
  LostRange,
  ReadOptions,
  ReadResult,
  Retention,
} from "../journal.ts";
import { KeyedRows } from "./idempotency_rows.ts";
import {
  type JournalLimits,
  MAX_TRIMMED_ROWS,
  withDefaults,
} from "../limits.ts";
import { lastPosition, openLineage, type RestoredJournal } from "../lineage.ts";
import { MetaRows, PollRows } from "./state_rows.ts";
import { UsageRows } from "./usage_rows.ts";
import { skipLost } from "../positions.ts";
import type { TrimmedPositions } from "../account_usage.ts";
import type { SqlDatabase } from "../../sqlite/sql_database.ts";
import { CommitListeners } from "../commit_listeners.ts";

export interface SqliteJournalOptions {
  /** Source of time; it decides when keyed commands expire. */
  readonly clock?: Pick<Clock, "now">;
  /** Random numbers in [0, 1), for the epoch of a new journal. */
  readonly random?: () => number;
  /**
   * Called with what a listener throws.
   *
   * @default {reportError}
   */
  readonly onError?: (error: unknown) => void;
  /** Limits that differ from the defaults. */
  readonly limits?: JournalLimits;
  /**
   * Minimum mean time from one transaction's begin to the next one's, in
   * milliseconds. A few follow each other at once after a pause; then, what is
   * appended within the time shares the next one.
   *
   * @default {0}
   */
  readonly commitGapMs?: number;
  /** Called with the duration of each append, in seconds. */
  readonly onAppend?: (seconds: number) => void;
  /** Called for each batch that could not be written. */
  readonly onAppendError?: () => void;
  /**
   * Position after which a new journal starts: above all that were given out,
   * if its clients used another journal before.
   *
   * @default {0}
   */
  readonly after?: number;
  /**
   * Last position that the journal is known to have reached. A file that ends
   * before it is an older copy.
   *
   * @default {0}
   */
  readonly knownHead?: number;
  /** Mark of a restored backup, see `readBackupMark`. It starts a new epoch. */
  readonly backupMark?: string | undefined;
  /**
   * Epoch of the log that decides the order of all writes, see
   * {@linkcode SqliteJournal.applyAll}. A copy of the file then keeps it, and
   * keyed commands expire only by the times of writes.
   *
   * @default {undefined} the journal has an epoch of its own
   */
  readonly epoch?: string | undefined;
  /** Called if the file is a restored copy and got a new epoch. */
  readonly onRestored?: (restored: RestoredJournal) => void;
}

/** More than the columns of an event have beside its data: a platform may bound the whole row. */
const COLUMNS_BYTES = 1000;

/** Stores events in a SQLite database. This process is the only writer, and each answer is durable. */
export class SqliteJournal implements Journal {
  readonly epoch: string;
  readonly durable = true;
  readonly maxEventBytes: number;
  readonly start: number;
  readonly #database: SqlDatabase;
  readonly #limits: Required<JournalLimits>;
  readonly #now: () => number;
  readonly #expiresKeys: boolean;
  readonly #meta: MetaRows;
  readonly #events: EventRows;
  #polls!: PollRows;
  #usage!: UsageRows;
  #keyed!: KeyedRows;
  #consumers!: ConsumerRows;
  #positions!: ConsumerPositions;
  #writes!: JournalWrites;
  readonly #expiry = new Expiry();
  readonly #watchers: CommitListeners;
  readonly #group: GroupCommit;
  #lost: readonly LostRange[];
  #head = 0;
  #oldest = 0;
  #failure: Error | undefined;
  #readFailure: Error | undefined;
  #closed = false;

  /**
   * Opens a journal, or begins a new one.
   *
   * @param database A database with the journal's tables, which `close` closes.
   */
  constructor(database: SqlDatabase, options: SqliteJournalOptions = {}) {
    this.#database = database;
    this.maxEventBytes = database.valueBytes - COLUMNS_BYTES;
    const clock = options.clock ?? systemClock;
    this.#now = () => clock.now();
    this.#expiresKeys = options.epoch === undefined;
    const limits = this.#limits = withDefaults(options.limits);
    const {
      onAppend: appended = () => {},
      onAppendError: appendFailed = () => {},
    } = options;
    this.#watchers = new CommitListeners(options.onError ?? reportError);
    this.#group = new GroupCommit({
      waitingRows: limits.waitingRows,
      gapMs: options.commitGapMs ?? 0,
      head: () => this.#head,
      transaction: (act) => {
        const from = performance.now();
        this.#transaction(act);
        appended((performance.now() - from) / 1000);
      },
      committed: (events) => this.#committed(events),
      isFatal: (error) => database.isFatal(error),
      failed: (error) => {
        appendFailed();
        return this.#failed(error);
      },
    });
    this.#meta = new MetaRows(database);
    this.#events = new EventRows(database);
    const { epoch, start, lost, restored } = openLineage(database, {
      random: options.random ?? systemRandom,
      now: clock.now(),
      epoch: options.epoch,
      after: options.after ?? 0,
      knownHead: options.knownHead ?? 0,
      file: database.file?.identity,
      mark: options.backupMark,
    });
    this.epoch = epoch;
    this.start = start;
    this.#lost = lost;
    this.#load();
    if (restored !== undefined) options.onRestored?.(restored);
  }

  get head(): number {
    return this.#head;
  }

  get oldest(): number {
    return this.#oldest;
  }

  get lost(): readonly LostRange[] {
    return this.#lost;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  get readFailure(): Error | undefined {
    return this.#readFailure;
  }

  get bytes(): number {
    return this.#usage.usage.bytes;
  }

  get trimmed(): TrimmedPositions {
    return this.#usage.usage;
  }

  async append(batch: Batch): Promise<StoredEvent[]> {
    const drafts = toDrafts(batch, this.maxEventBytes);
    const { poll, outcome } = batch;
    const write = this.#writes.append(
      drafts,
      poll,
      outcome && { ...outcome, toText: (seq) => outcomeText(outcome, seq) },
    );
    return write.rows === 0 ? [] : await this.#submit(write);
  }

  /** Makes the writes for `applyAll`. They are of no use after it has thrown. */
  get writes(): JournalWrites {
    return this.#writes;
  }

  /**
   * Applies writes in the order of a log, all in one transaction. Each counts at
   * once for those after it, so it does not matter how a log is cut into
   * transactions. If anything is thrown, nothing is stored, and what is kept in
   * memory is read again.
   *
   * @param act Applies one write after the other; can also write other tables.
   */
  applyAll<R>(act: (apply: <T>(write: Write<T>) => T) => R): R {
    if (this.#closed) throw closedError();
    const events: StoredEvent[] = [];
    const apply = <T>(write: Write<T>): T => {
      const prepared = write.prepare(this.#head);
      prepared.store();
      for (const event of prepared.events) events.push(event);
      return prepared.done();
    };
    let result: R;
    try {
      result = this.#transaction(() => act(apply));
    } catch (error) {
      this.#load();
      throw this.#database.isFatal(error) ? this.#failed(error) : error;
    }
    this.#committed(events);
    return result;
  }

  watch(listener: (events: readonly StoredEvent[]) => void): () => void {
    return this.#watchers.add(listener);
  }

  probe(): boolean {
    if (this.#closed) return false;
    // The log may use the space that is missing.
    if (this.#failure !== undefined) this.#database.file?.truncateLog();
    try {
      this.#transaction(() => this.#meta.probe());
      this.#failure = undefined;
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  read(after: number, options: ReadOptions): ReadResult {
    return this.#reading(() => this.#events.read(after, options, this));
  }

  accounts(): string[] {
    return this.#usage.usage.accounts();
  }

  history(query: HistoryQuery): { events: StoredEvent[]; more: boolean } {
    return this.#reading(() => this.#events.history(query));
  }

  polls(account: string): number {
    return this.#polls.get(account)?.number ?? 0;
  }

  pollEpoch(account: string): string | undefined {
    const row = this.#polls.get(account);
    return row && (row.epoch ?? this.epoch);
  }

  repeats(account: string): boolean | undefined {
    return this.#polls.get(account)?.repeats;
  }

  position(consumer: string): number | undefined {
    return this.#consumers.get(consumer);
  }

  async setPosition(consumer: string, seq: number): Promise<void> {
    checkCount("a consumer's position", seq);
    if (!this.#closed && this.#positions.isStored(consumer, seq)) return;
    await this.#positions.set(consumer, seq);
  }

  resetPosition(consumer: string, seq: number): Promise<void> {
    return this.#positions.reset(consumer, seq);
  }

  seenAt(consumer: string): number | undefined {
    return this.#consumers.seenAt(consumer);
  }

  setSeen(consumers: readonly string[], at: number): Promise<void> {
    return this.#positions.see(consumers, at);
  }

  consumersOf(prefix: string): string[] {
    return this.#consumers.of(prefix);
  }

  dropPosition(consumer: string): Promise<void> {
    return this.#positions.drop(consumer);
  }

  findCommand(account: string, key: string): IdempotencyRecord | undefined {
    return this.#keyed.get(account, key, this.#now());
  }

  async recordStart(
    account: string,
    key: string,
    command: IdempotencyRecord,
  ): Promise<void> {
    const outcome = checkKeyed(account, command);
    await this.#submit(
      this.#writes.start(account, key, command, outcome, this.#now),
    );
  }

  async forget(account: string): Promise<void> {
    while (await this.#submit(this.#writes.forget(account)));
  }

  /** Implements `Journal.trim`. If writing fails, nothing is dropped, and `failure` is set. */
  trim(
    now: number,
    retention: Retention,
  ): { trimmed: number; more: boolean } {
    const nothing = { trimmed: 0, more: false };
    if (this.#closed) return nothing;
    this.#database.file?.updateLogLimit();
    const { tooOld, tooMuch, more } = this.#expiry.next(
      { events: this.#events, usage: this.#usage.usage, head: this.#head },
      now,
      retention,
    );
    const dropped = [...tooOld, ...tooMuch];
    // Counted before it is written, because the counts are written with it.
    const undo = this.#usage.trim(dropped);
    const isSaved = dropped.length > 0 || this.#usage.isDue;
    let expired = 0;
    let trimmed = this.#oldest - 1;
    try {
      expired = this.#transaction(() => {
        const last = tooOld.at(-1);
        if (last !== undefined) this.#events.drop(last.seq);
        if (tooMuch.length > 0) {
          this.#events.dropAll(tooMuch.map(({ seq }) => seq));
        }
        for (const [account, seq] of lastPositions(dropped)) {
          const isAll = this.#usage.usage.get(account)?.bytes === 0;
          this.#events.trimBlocks(account, seq, isAll);
        }
        if (dropped.length > 0) {
          // A lost range is trimmed with the last event before it.
          trimmed = (this.#events.oldest ?? this.#head + 1) - 1;
          this.#meta.putTrimmed(trimmed);
        }
        if (isSaved) this.#usage.save(this.#head);
        return this.#expiresKeys
          ? this.#keyed.expire(now, MAX_TRIMMED_ROWS)
          : 0;
      });
    } catch (error) {
      undo();
      this.#expiry.reset();
      this.#failed(error);
      return nothing;
    }
    if (isSaved) this.#usage.saved();
    if (dropped.length > 0) {
      this.#oldest = trimmed + 1;
      this.#lost = this.#lost.filter(({ to }) => to > trimmed);
    }
    return {
      trimmed: dropped.length,
      more: more || expired === MAX_TRIMMED_ROWS,
    };
  }

  sizes(): JournalBytes {
    return {
      events: this.bytes,
      keys: this.#closed ? 0 : this.#keyed.bytes,
      log: this.#database.file?.logBytes ?? 0,
    };
  }

  settle(): undefined {
    if (this.#closed) throw closedError();
  }

  /** Implements `Journal.close`. A second call does nothing. */
  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#group.flush();
    this.#closed = true;
    try {
      if (this.#usage.isChanged) {
        this.#transaction(() => this.#usage.save(this.#head));
      }
    } catch {
      // The next start counts what is not saved.
    }
    this.#database.close();
    return Promise.resolve();
  }

  /** Reads what is kept in memory. */
  #load(): void {
    const database = this.#database;
    this.#polls = new PollRows(database);
    this.#keyed = new KeyedRows(database, this.#limits);
    this.#consumers = new ConsumerRows(database, this.#limits);
    this.#oldest = skipLost(this.#lost, this.#meta.trimmed) + 1;
    this.#head = Math.max(
      this.start,
      lastPosition(database),
      this.#lost.at(-1)?.to ?? 0,
    );
    this.#usage = new UsageRows(database);
    this.#writes = new JournalWrites({
      events: this.#events,
      polls: this.#polls,
      usage: this.#usage,
      keyed: this.#keyed,
      consumers: this.#consumers,
      advance: (count) => {
        this.#head += count;
      },
      oldest: () => this.#oldest,
    });
    this.#positions = new ConsumerPositions({
      rows: this.#consumers,
      writes: this.#writes,
      now: this.#now,
      submit: (write) => this.#submit(write),
    });
  }

  #submit<T>(write: Write<T>): Promise<T> {
    if (!this.#closed) return this.#group.submit(write);
    return Promise.reject(closedError());
  }

  #transaction<T>(act: () => T): T {
    try {
      return this.#database.transaction(act);
    } catch (error) {
      this.#events.rolledBack();
      this.#keyed.rolledBack();
      this.#consumers.rolledBack();
      throw error;
    } finally {
      this.#polls.settled();
    }
  }

  #reading<T>(read: () => T): T {
    try {
      const result = read();
      this.#readFailure = undefined;
      return result;
    } catch (error) {
      this.#readFailure = error instanceof Error
        ? error
        : new Error(String(error));
      throw error;
    }
  }

  #committed(events: readonly StoredEvent[]): void {
    // A test write may fit where no event does.
    if (events.length > 0) this.#failure = undefined;
    this.#watchers.notify(events);
  }

  #failed(error: unknown): Error {
    return this.#failure = new JournalWriteError(error);
  }
}

function closedError(): Error {
  return new Error("Cannot append to the journal: it is closed");
}
