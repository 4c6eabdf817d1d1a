/** The journal in a SQLite file. @module */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Clock, systemClock } from "../../../lib/clock.ts";
import type { StoredEvent } from "../event.ts";
import { openDatabase } from "../../sqlite/database.ts";
import {
  checkCount,
  checkKeyed,
  eventAt,
  systemRandom,
  toDrafts,
  toJson,
} from "../draft.ts";
import { ConsumerRows } from "./consumer_rows.ts";
import { JournalWriteError } from "../limits.ts";
import { EventRows } from "./event_rows.ts";
import { GroupCommit, type Prepared, type Write } from "./group_commit.ts";
import { fileBytes, fileIdentity } from "../../sqlite/file_identity.ts";
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
import { openLineage, type RestoredJournal } from "../lineage.ts";
import { LogLimit, MAX_LOG_PAGES } from "../../sqlite/log_limit.ts";
import { MIGRATIONS } from "./migrations.ts";
import { FileGuard } from "../../sqlite/file_guard.ts";
import { MetaRows, PollRows } from "./state_rows.ts";
import { skipLost } from "../positions.ts";
import { countExpired } from "../retention.ts";
import { isFatal } from "../../sqlite/errors.ts";
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
  /** Called if the file is a restored copy and got a new epoch. */
  readonly onRestored?: (restored: RestoredJournal) => void;
}

/** Size of the page cache: both indexes' leaves of a few thousand accounts. */
const CACHE_BYTES = 16 * 1024 * 1024;

/** Path of a database without a file. */
const MEMORY = ":memory:";

const SQL = {
  last: "SELECT seq, total FROM events ORDER BY seq DESC LIMIT 1",
  oldest: "SELECT seq, at, total FROM events ORDER BY seq LIMIT ?",
  drop: "DELETE FROM events WHERE seq <= ?",
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",
} as const;

/** Opens the journal's file, and creates or migrates its tables. */
export function openJournal(path: string): DatabaseSync {
  return openDatabase(path, {
    what: "the journal",
    migrations: MIGRATIONS,
    cacheBytes: CACHE_BYTES,
    checkpointPages: MAX_LOG_PAGES,
  });
}

/** Result of a batch that repeats what is stored. */
const DROPPED: Prepared<StoredEvent[]> = {
  events: [],
  store: () => {},
  done: () => [],
};

/** Stores events in a SQLite file. This process is the only writer, and each answer is durable. */
export class SqliteJournal implements Journal {
  readonly epoch: string;
  readonly durable = true;
  readonly start: number;
  readonly #database: DatabaseSync;
  readonly #sql: Readonly<Record<keyof typeof SQL, StatementSync>>;
  readonly #meta: MetaRows;
  readonly #events: EventRows;
  readonly #polls: PollRows;
  readonly #keyed: KeyedRows;
  readonly #consumers: ConsumerRows;
  readonly #clock: Pick<Clock, "now">;
  readonly #place: FileGuard | undefined;
  readonly #logPath: string | undefined;
  readonly #logLimit: LogLimit | undefined;
  readonly #watchers: CommitListeners;
  readonly #group: GroupCommit;
  #lost: readonly LostRange[];
  #head: number;
  #oldest: number;
  #total: number;
  #trimmedBytes: number;
  #failure: Error | undefined;
  #readFailure: Error | undefined;
  #closed = false;

  /**
   * Opens a journal, or creates a new one.
   *
   * @param file Its path, `:memory:`, or the result of {@linkcode openJournal}.
   */
  constructor(file: string | DatabaseSync, options: SqliteJournalOptions = {}) {
    const database = this.#database = typeof file === "string"
      ? openJournal(file)
      : file;
    this.#place = typeof file === "string" && file !== MEMORY
      ? new FileGuard(file)
      : undefined;
    this.#logLimit = this.#place && new LogLimit(database, file as string);
    this.#logPath = this.#place && `${file}-wal`;
    this.#clock = options.clock ?? systemClock;
    const limits = withDefaults(options.limits);
    const {
      onAppend: appended = () => {},
      onAppendError: appendFailed = () => {},
    } = options;
    this.#watchers = new CommitListeners(options.onError ?? reportError);
    this.#group = new GroupCommit({
      waitingRows: limits.waitingRows,
      head: () => this.#head,
      transaction: (act) => {
        const from = performance.now();
        this.#transaction(act);
        appended((performance.now() - from) / 1000);
      },
      committed: (events) => this.#committed(events),
      isFatal,
      failed: (error) => {
        appendFailed();
        return this.#failed(error);
      },
    });
    this.#sql = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof SQL, StatementSync>;
    this.#meta = new MetaRows(database);
    this.#events = new EventRows(database);
    this.#polls = new PollRows(database);
    this.#keyed = new KeyedRows(database, limits.keysPerAccount);
    this.#consumers = new ConsumerRows(database, limits);
    const { epoch, start, lost, restored } = openLineage(database, {
      random: options.random ?? systemRandom,
      now: this.#clock.now(),
      after: options.after ?? 0,
      knownHead: options.knownHead ?? 0,
      file: this.#place && fileIdentity(file as string),
      mark: options.backupMark,
    });
    this.epoch = epoch;
    this.start = start;
    this.#lost = lost;
    const last = this.#sql.last.get() as
      | { seq: number; total: number }
      | undefined;
    const trimmed = this.#meta.trimmed;
    this.#oldest = skipLost(lost, trimmed.seq) + 1;
    this.#head = Math.max(last?.seq ?? trimmed.seq, lost.at(-1)?.to ?? 0);
    this.#trimmedBytes = trimmed.bytes;
    this.#total = last?.total ?? this.#trimmedBytes;
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
    return this.#total - this.#trimmedBytes;
  }

  async append(batch: Batch): Promise<StoredEvent[]> {
    const drafts = toDrafts(batch);
    const { poll, outcome } = batch;
    const rows = drafts.length + Number(poll !== undefined) +
      Number(outcome !== undefined);
    if (rows === 0) return [];
    const prepare = (head: number): Prepared<StoredEvent[]> => {
      const held = poll && this.#polls.prepare(poll);
      if (poll !== undefined && held === undefined) return DROPPED;
      const events = drafts.map((draft, index) =>
        eventAt(head + 1 + index, draft)
      );
      const ended = outcome &&
        toJson("an outcome", outcome.outcome(events));
      let total = 0;
      return {
        events,
        store: () => {
          total = this.#stored;
          for (const [index, draft] of drafts.entries()) {
            total += draft.bytes;
            this.#events.insert(events[index]!.seq, total, draft);
          }
          this.#stored = total;
          if (poll) this.#polls.put(poll.account, held!);
          if (outcome) {
            this.#keyed.finish(outcome.account, outcome.key, ended!);
          }
        },
        done: () => {
          this.#head += events.length;
          this.#total = total;
          if (poll) this.#polls.stored(poll.account, held!);
          return events;
        },
      };
    };
    return await this.#submit({ rows, prepare });
  }

  watch(listener: (events: readonly StoredEvent[]) => void): () => void {
    return this.#watchers.add(listener);
  }

  probe(): boolean {
    if (this.#closed) return false;
    // The log may use the space that is missing.
    if (this.#failure !== undefined) this.#logLimit?.truncate();
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
    return this.#reading(() => this.#events.accounts());
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
    const consumers = this.#consumers;
    // A stored position needs no write.
    const isStored = seq <= (consumers.get(consumer) ?? -1);
    if (isStored && !this.#closed && !consumers.isResetting(consumer)) return;
    await this.#submit({
      rows: 1,
      prepare: () => {
        consumers.assertRoom(consumer);
        return {
          events: [],
          store: () => consumers.put(consumer, seq, this.#clock.now()),
          done: () => consumers.stored(consumer, seq, this.#clock.now()),
        };
      },
    });
  }

  async resetPosition(consumer: string, seq: number): Promise<void> {
    checkCount("a consumer's position", seq);
    const consumers = this.#consumers;
    const end = consumers.beginReset(consumer);
    try {
      await this.#submit({
        rows: 1,
        prepare: () => {
          consumers.assertRoom(consumer);
          return {
            events: [],
            store: () => consumers.reset(consumer, seq, this.#clock.now()),
            done: () => consumers.wasReset(consumer, seq, this.#clock.now()),
          };
        },
      });
    } finally {
      end();
    }
  }

  seenAt(consumer: string): number | undefined {
    return this.#consumers.seenAt(consumer);
  }

  async setSeen(consumers: readonly string[], at: number): Promise<void> {
    checkCount("when a consumer was seen", at);
    const rows = this.#consumers;
    await this.#submit({
      rows: consumers.length,
      prepare: () => ({
        events: [],
        store: () => rows.see(consumers, at),
        done: () => rows.seen(consumers, at),
      }),
    });
  }

  consumersOf(prefix: string): string[] {
    return this.#consumers.of(prefix);
  }

  async dropPosition(consumer: string): Promise<void> {
    const consumers = this.#consumers;
    const end = consumers.beginReset(consumer);
    try {
      await this.#submit({
        rows: 1,
        prepare: () => ({
          events: [],
          store: () => consumers.drop(consumer),
          done: () => consumers.dropped(consumer),
        }),
      });
    } finally {
      end();
    }
  }

  findCommand(account: string, key: string): IdempotencyRecord | undefined {
    return this.#keyed.get(account, key, this.#clock.now());
  }

  async recordStart(
    account: string,
    key: string,
    command: IdempotencyRecord,
  ): Promise<void> {
    const outcome = checkKeyed(account, command);
    await this.#submit({
      rows: 1,
      prepare: () => {
        const now = this.#clock.now();
        this.#keyed.assertRoom(account, key, now);
        return {
          events: [],
          store: () => this.#keyed.put(account, key, command, outcome, now),
          done: () => {},
        };
      },
    });
  }

  async forget(account: string): Promise<void> {
    let more = true;
    const prepared: Prepared<void> = {
      events: [],
      store: () => {
        more = this.#keyed.forget(account, MAX_TRIMMED_ROWS);
        this.#polls.forget(account);
      },
      done: () => this.#polls.forgotten(account),
    };
    while (more) await this.#submit({ rows: 1, prepare: () => prepared });
  }

  /** Implements `Journal.trim`. If writing fails, nothing is dropped, and `failure` is set. */
  trim(
    now: number,
    retention: Retention,
  ): { trimmed: number; more: boolean } {
    const nothing = { trimmed: 0, more: false };
    if (this.#closed) return nothing;
    this.#logLimit?.update();
    const rows = this.#sql.oldest.all(MAX_TRIMMED_ROWS + 1) as unknown as {
      seq: number;
      at: number;
      total: number;
    }[];
    const { count, more } = countExpired(
      rows.map(({ at }, index) => ({
        at,
        bytesLeft: this.#total -
          (index === 0 ? this.#trimmedBytes : rows[index - 1]!.total),
      })),
      MAX_TRIMMED_ROWS,
      now,
      retention,
    );
    const last = rows[count - 1];
    // A lost range is trimmed with the last event before it.
    const trimmed = last && skipLost(this.#lost, last.seq);
    let expired = 0;
    try {
      expired = this.#transaction(() => {
        if (last !== undefined) {
          this.#sql.drop.run(last.seq);
          this.#meta.putTrimmed({ seq: trimmed!, bytes: last.total });
        }
        return this.#keyed.expire(now, MAX_TRIMMED_ROWS);
      });
    } catch (error) {
      this.#failed(error);
      return nothing;
    }
    if (last !== undefined) {
      this.#oldest = trimmed! + 1;
      this.#lost = this.#lost.filter(({ to }) => to > trimmed!);
      this.#trimmedBytes = last.total;
    }
    return { trimmed: count, more: more || expired === MAX_TRIMMED_ROWS };
  }

  sizes(): JournalBytes {
    return {
      events: this.bytes,
      keys: this.#closed ? 0 : this.#keyed.bytes,
      log: this.#logPath === undefined ? 0 : fileBytes(this.#logPath),
    };
  }

  /** Implements `Journal.close`. A second call does nothing. */
  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#group.flush();
    this.#closed = true;
    try {
      this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // Everything is durable in the log, which the next start copies.
    }
    this.#database.close();
    return Promise.resolve();
  }

  #submit<T>(write: Write<T>): Promise<T> {
    if (!this.#closed) return this.#group.submit(write);
    return Promise.reject(
      new Error("Cannot append to the journal: it is closed"),
    );
  }

  // The total after everything that the transaction has stored so far.
  #stored = 0;

  #transaction<T>(act: () => T): T {
    this.#stored = this.#total;
    try {
      this.#sql.begin.run();
      const result = act();
      this.#place?.check();
      this.#sql.commit.run();
      return result;
    } catch (error) {
      this.#keyed.rolledBack();
      this.#consumers.rolledBack();
      // SQLite has already rolled back if the disk is full.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
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
