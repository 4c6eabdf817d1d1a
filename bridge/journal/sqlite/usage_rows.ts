/** Stores what each account's events take in the journal. @module */

import type { SqlSource, SqlStatement } from "../../sqlite/sql_database.ts";
import { AccountUsage, type TrimmedEvent } from "../account_usage.ts";
import { EVENT_BYTES } from "../limits.ts";
import { cellOf } from "./cells.ts";

/** Bytes that a row of `events` counts in retention. */
export const ROW_BYTES = `length(CAST(data AS BLOB)) + ${EVENT_BYTES}`;

const SQL = {
  all: "SELECT account, bytes, trimmed FROM usage",
  // The sign keeps it from the accounts' index, which it would read as a whole.
  since:
    `SELECT account, sum(${ROW_BYTES}) AS bytes FROM events WHERE seq > ? GROUP BY +account`,
  put: `INSERT INTO usage (account, bytes, trimmed) VALUES (?, ?, ?)
    ON CONFLICT (account) DO UPDATE SET bytes = excluded.bytes, trimmed = excluded.trimmed`,
  polled: "SELECT 1 FROM polls WHERE account = ?",
  drop: "DELETE FROM usage WHERE account = ?",
  meta: "SELECT value FROM meta WHERE name = ?",
  putMeta: "INSERT OR REPLACE INTO meta VALUES (?, ?)",
} as const;

/**
 * Most events that are counted only in memory: after a crash, the next start
 * counts those again that are not stored.
 */
const MAX_UNSAVED_EVENTS = 10_000;

/** Rows of the usage of each account, written now and then. */
export class UsageRows {
  readonly usage = new AccountUsage();
  readonly #statements: Readonly<Record<keyof typeof SQL, SqlStatement>>;
  /** Accounts whose rows differ from the file. */
  readonly #changed = new Set<string>();
  #unsavedEvents = 0;

  /** Reads the rows, and counts the events that were stored after them. */
  constructor(database: SqlSource) {
    this.#statements = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof SQL, SqlStatement>;
    this.usage.loadForgotten(this.#meta("forgotten_seq"));
    for (const row of this.#statements.all.all()) {
      const { account, bytes, trimmed } = row as Record<string, number>;
      const uin = String(account);
      this.usage.load(uin, { bytes: bytes!, trimmed: trimmed! });
      // Removed accounts whose events are all trimmed do not add up.
      const isRemoved = bytes === 0 &&
        this.#statements.polled.get(uin) === undefined;
      if (isRemoved) this.forget(uin, this.#meta("trimmed_seq") + 1);
    }
    const later = this.#statements.since.all(this.#meta("usage_seq"));
    for (const { account, bytes } of later) {
      this.add(String(account), bytes as number);
    }
  }

  /** Whether anything is counted that is not saved. */
  get isChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** Whether so much is counted only in memory that it is time to save it. */
  get isDue(): boolean {
    return this.#unsavedEvents > MAX_UNSAVED_EVENTS;
  }

  /** Counts an event that was stored. */
  add(account: string, bytes: number): void {
    this.usage.add(account, bytes);
    this.#changed.add(account);
    this.#unsavedEvents++;
  }

  /** Counts trimmed events. Returns a function that undoes it. */
  trim(events: readonly TrimmedEvent[]): () => void {
    for (const { account } of events) this.#changed.add(account);
    return this.usage.trim(events);
  }

  /** Forgets a removed account without events, see `AccountUsage.forget`. */
  forget(account: string, oldest: number): void {
    this.usage.forget(account, oldest);
    this.#changed.add(account);
  }

  /** Writes what has changed, inside a transaction. @param head Position of the last event that is counted. */
  save(head: number): void {
    const { put, drop, putMeta } = this.#statements;
    for (const account of this.#changed) {
      const row = this.usage.get(account);
      if (row === undefined) drop.run(cellOf(account));
      else put.run(cellOf(account), row.bytes, row.trimmed);
    }
    putMeta.run("usage_seq", head);
    putMeta.run("forgotten_seq", this.usage.forgotten);
  }

  /** Called when what `save` wrote is durable. */
  saved(): void {
    this.#changed.clear();
    this.#unsavedEvents = 0;
  }

  #meta(name: string): number {
    return (this.#statements.meta.get(name)?.["value"] ?? 0) as number;
  }
}
