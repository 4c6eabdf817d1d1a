/** The journal on disk: WAL, synchronous=FULL, group commit, one writer. @module */

import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers";
import { type Clock, systemClock } from "../../lib/clock.ts";
import { openDatabase } from "../storage/database.ts";
import { frameText, partyOf, type StoredEvent } from "../core/event.ts";
import type {
  Batch,
  HistoryQuery,
  Journal,
  KeyedCommand,
  Outcome,
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
  sizeOf,
  TRIM_EVENTS,
} from "./limits.ts";
import { EVENT_NUMBERS, MIGRATIONS } from "./migrations.ts";
import { SqliteReader } from "./sqlite_reader.ts";
import { prepareStatements, type Statements } from "./sqlite_statements.ts";

/** How a {@linkcode SqliteJournal} is opened. */
export interface SqliteJournalOptions {
  /** Time. */
  clock?: Clock;
  /**
   * Most pages of the file, of 4 KiB; a write beyond fails as on a full disk.
   *
   * @default {no limit of ours}
   */
  maxPages?: number;
}

/** Most rows of one transaction. */
const COMMIT_ROWS = 100;

/** Something to write: in one transaction with what came in the same turn. */
interface Write {
  /** How many rows it makes, about. */
  rows: number;
  /** Writes, inside a transaction, from this seq on; gives what is told once that is durable. */
  run(head: number): Written;
  resolve(written: Written): void;
  reject(error: unknown): void;
}

interface Written {
  events: StoredEvent[];
  /** Brings what is kept in memory up to date. */
  done?: () => void;
}

/** See the module. */
export class SqliteJournal implements Journal {
  readonly epoch: string;
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #sql: Statements;
  readonly #reader: SqliteReader;
  readonly #watchers = new Set<(events: readonly StoredEvent[]) => void>();
  readonly #accounts = new Map<string, { id: number; polls: number }>();
  #head: number;
  #oldest: number;
  #total: number;
  #failure: Error | undefined;
  #queue: Write[] = [];
  #scheduled = false;

  /**
   * Opens the journal, and makes it where there is none.
   *
   * @param path The file, or `:memory:`.
   * @throws {RangeError} Where SQLite is too old, or the file is of a later program.
   */
  constructor(path: string, options: SqliteJournalOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#database = openDatabase(path, MIGRATIONS);
    this.#sql = prepareStatements(this.#database);
    if (options.maxPages !== undefined) this.limitPages(options.maxPages);
    this.epoch = this.#meta("epoch", newEpoch);
    this.#oldest = Number(this.#meta("oldest", () => "1"));
    const last = this.#sql.last.get() as
      | { seq: number; total: number }
      | undefined;
    this.#head = last?.seq ?? this.#oldest - 1;
    this.#total = last?.total ?? 0;
    for (const row of this.#sql.accounts.all()) {
      const { id, uin, polls } = row as {
        id: number;
        uin: string;
        polls: number;
      };
      this.#accounts.set(uin, { id, polls });
    }
    this.#reader = new SqliteReader(
      this.#sql,
      (uin) => this.#accounts.get(uin)?.id,
    );
  }

  get head(): number {
    return this.#head;
  }

  get oldest(): number {
    return this.#oldest;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Limits the file, see {@linkcode SqliteJournalOptions.maxPages}; 0 lifts the limit. */
  limitPages(pages: number): void {
    this.#database.exec(
      `PRAGMA max_page_count = ${pages === 0 ? 4294967294 : pages}`,
    );
  }

  append(batch: Batch): Promise<StoredEvent[]> {
    let rows: Row[];
    try {
      // Outside the transaction, so that a value that is no JSON fails alone.
      rows = batch.events.map(({ account, at, event, data }) => ({
        account,
        at,
        event,
        party: partyOf(data),
        data: JSON.stringify(data),
      }));
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#enqueue(
      rows.length + 1,
      (head) => this.#writeBatch(head, rows, batch),
    )
      .then(({ events }) => events);
  }

  watch(listener: (events: readonly StoredEvent[]) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  probe(): boolean {
    try {
      this.#transaction(() =>
        this.#sql.setMeta.run("probe", String(this.#clock.now()))
      );
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error as Error;
    }
    return this.#failure === undefined;
  }

  read(after: number, options: ReadOptions): ReadResult {
    return this.#reader.read(after, this.#head, options);
  }

  history(query: HistoryQuery): { events: StoredEvent[]; more: boolean } {
    return this.#reader.history(query);
  }

  polls(account: string): number {
    return this.#accounts.get(account)?.polls ?? 0;
  }

  position(consumer: string): number | undefined {
    return this.#sql.position.get(consumer)?.["seq"] as number | undefined;
  }

  async setPosition(consumer: string, seq: number): Promise<void> {
    await this.#enqueue(1, () => {
      const { kept } = this.#sql.consumers.get() as { kept: number };
      if (kept >= CONSUMERS && this.position(consumer) === undefined) {
        refuseConsumer(consumer);
      }
      this.#sql.setPosition.run(consumer, seq);
      return { events: [] };
    });
  }

  keyed(account: string, key: string): KeyedCommand | undefined {
    const id = this.#accounts.get(account)?.id;
    if (id === undefined) return undefined;
    const row = this.#sql.keyed.get(id, key) as
      | Record<string, string | number>
      | undefined;
    if (
      row === undefined || this.#clock.now() - Number(row["at"]) >= KEYED_MS
    ) return undefined;
    const { request, upstream_seq, upstream_key, at, outcome } = row;
    return {
      request: request as string,
      upstreamSeq: upstream_seq as string,
      upstreamKey: upstream_key as string,
      at: at as number,
      ...(outcome === null
        ? {}
        : { outcome: JSON.parse(outcome as string) as Outcome }),
    };
  }

  async begin(
    account: string,
    key: string,
    command: KeyedCommand,
  ): Promise<void> {
    const { request, upstreamSeq, upstreamKey, at } = command;
    await this.#enqueue(1, () => {
      const id = this.#accountId(account);
      this.#sql.begin.run(id, key, request, upstreamSeq, upstreamKey, at);
      return { events: [], done: () => this.#learn(account, id) };
    });
  }

  trim(
    now: number,
    { days, bytes }: Retention,
  ): { trimmed: number; more: boolean } {
    const before = now - days * 24 * 60 * 60_000;
    // The first event that may stay: all before it goes, a bounded piece at a time.
    const last = this.#oldest + TRIM_EVENTS - 1;
    let upTo = this.#oldest - 1;
    for (const row of this.#sql.oldest.iterate(this.#oldest, last)) {
      const { seq, at, total, size } = row as Record<
        "seq" | "at" | "total" | "size",
        number
      >;
      if (at >= before && this.#total - total + size <= bytes) break;
      upTo = seq;
    }
    const trimmed = upTo - this.#oldest + 1;
    this.#transaction(() => {
      this.#sql.forget.run(now - KEYED_MS, TRIM_EVENTS);
      this.#sql.forgetBeyond.run(KEYED_COMMANDS, TRIM_EVENTS);
      if (trimmed === 0) return;
      this.#sql.drop.run(upTo);
      this.#sql.setMeta.run("oldest", String(upTo + 1));
    });
    this.#oldest = upTo + 1;
    return { trimmed, more: trimmed === TRIM_EVENTS };
  }

  async close(): Promise<void> {
    if (!this.#database.isOpen) return;
    // Behind all that was asked for before.
    await this.#enqueue(0, () => ({ events: [] })).catch(() => {});
    this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#database.close();
  }

  #enqueue(rows: number, run: Write["run"]): Promise<Written> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ rows, run, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#flush();
      });
    });
  }

  #flush(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (let from = 0; from < queue.length;) {
      let to = from;
      for (let rows = 0; to < queue.length; to++) {
        rows += queue[to]!.rows;
        if (rows > COMMIT_ROWS && to > from) break;
      }
      this.#commit(queue.slice(from, to));
      from = to;
    }
  }

  #commit(writes: Write[]): void {
    const written: { write: Write; result: Written }[] = [];
    const events: StoredEvent[] = [];
    const totalBefore = this.#total;
    try {
      this.#transaction(() => {
        for (const write of writes) {
          const result = write.run(this.#head + events.length);
          events.push(...result.events);
          written.push({ write, result });
        }
      });
    } catch (error) {
      this.#total = totalBefore;
      if (isDatabaseError(error)) this.#failure = error as Error;
      else if (writes.length > 1) {
        // One of them is at fault, not the disk: each for itself then.
        for (const write of writes) this.#commit([write]);
        return;
      }
      for (const { reject } of writes) reject(error);
      return;
    }
    this.#failure = undefined;
    this.#head += events.length;
    for (const { result } of written) result.done?.();
    if (events.length > 0) {
      for (const watcher of this.#watchers) watcher(events);
    }
    for (const { write, result } of written) write.resolve(result);
  }

  #writeBatch(
    head: number,
    rows: readonly Row[],
    { outcome, poll }: Batch,
  ): Written {
    const ids = new Map<string, number>();
    const idOf = (uin: string) => {
      let id = ids.get(uin);
      if (id === undefined) ids.set(uin, id = this.#accountId(uin));
      return id;
    };
    let seq = head;
    const events = rows.map(
      ({ account, at, event, party, data }): StoredEvent => {
        seq++;
        this.#total += sizeOf(data);
        const id = idOf(account);
        this.#sql.insert.run(
          seq,
          at,
          id,
          EVENT_NUMBERS[event],
          party,
          data,
          this.#total,
        );
        return {
          seq,
          account,
          event,
          frame: frameText(seq, at, account, event, data),
        };
      },
    );
    if (poll !== undefined) {
      this.#sql.setPolls.run(poll.number, idOf(poll.account));
    }
    if (outcome !== undefined) {
      const text = JSON.stringify(outcome.outcome(events));
      this.#sql.setOutcome.run(text, idOf(outcome.account), outcome.key);
    }
    return {
      events,
      done: () => {
        for (const [uin, id] of ids) this.#learn(uin, id);
        if (poll !== undefined) {
          this.#accounts.get(poll.account)!.polls = poll.number;
        }
      },
    };
  }

  /** The account's id; made in the transaction where there is none yet. */
  #accountId(uin: string): number {
    const known = this.#accounts.get(uin);
    if (known !== undefined) return known.id;
    this.#sql.addAccount.run(uin);
    return this.#sql.account.get(uin)!["id"] as number;
  }

  #learn(uin: string, id: number): void {
    if (!this.#accounts.has(uin)) this.#accounts.set(uin, { id, polls: 0 });
  }

  #transaction(run: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      run();
      this.#database.exec("COMMIT");
    } catch (error) {
      // Some failures have rolled it back already.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #meta(name: string, first: () => string): string {
    const row = this.#sql.meta.get(name);
    if (row !== undefined) return row["value"] as string;
    const value = first();
    this.#sql.setMeta.run(name, value);
    return value;
  }
}

interface Row {
  account: string;
  at: number;
  event: StoredEvent["event"];
  party: string;
  data: string;
}

function isDatabaseError(error: unknown): boolean {
  return (error as { code?: string }).code === "ERR_SQLITE_ERROR";
}
