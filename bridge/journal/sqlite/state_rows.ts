/** The rows of the journal's own state: what was trimmed, and the polls of each account. @module */

import type { SqlSource, SqlStatement } from "../../sqlite/sql_database.ts";
import type { JournalledPoll } from "../journal.ts";
import { NO_POLLS, type PollState, pollStateAfter } from "../poll_state.ts";

/** Size of a test write: a small one could fit where nothing else does. */
const PROBE_BYTES = 16_384;

const SQL = {
  get: "SELECT value FROM meta WHERE name = ?",
  put: "INSERT OR REPLACE INTO meta VALUES (?, ?)",
  forget: "DELETE FROM lost WHERE last <= ?",
  probe: "INSERT OR REPLACE INTO meta VALUES ('probes', zeroblob(?))",
  probed: "UPDATE meta SET value = 0 WHERE name = 'probes'",
} as const;

/** Rows of what was trimmed, and test writes. */
export class MetaRows {
  readonly #statements: Readonly<Record<keyof typeof SQL, SqlStatement>>;

  constructor(database: SqlSource) {
    this.#statements = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof SQL, SqlStatement>;
  }

  /** Position before the oldest kept event. */
  get trimmed(): number {
    return this.#get("trimmed_seq") as number;
  }

  putTrimmed(seq: number): void {
    this.#statements.put.run("trimmed_seq", seq);
    this.#statements.forget.run(seq);
  }

  /** Writes enough to find out whether the disk has space. */
  probe(): void {
    this.#statements.probe.run(PROBE_BYTES);
    this.#statements.probed.run();
  }

  #get(name: string): unknown {
    return this.#statements.get.get(name)?.["value"];
  }
}

/** Maximum number of accounts whose polls are cached; others are read. */
const MAX_CACHED_POLLS = 100_000;

interface PollRow extends PollState {
  /** Epoch of the next poll's key; undefined for the journal's own. */
  readonly epoch?: string | undefined;
}

/** Rows of each account's polls. */
export class PollRows {
  readonly #get: SqlStatement;
  readonly #put: SqlStatement;
  readonly #drop: SqlStatement;
  readonly #known = new Map<string, PollRow | undefined>();
  /** Changes of the current transaction, for later batches in it. */
  readonly #pending = new Map<string, PollRow>();

  constructor(database: SqlSource) {
    this.#get = database.prepare(
      "SELECT number, parts, epoch, repeats FROM polls WHERE account = ?",
    );
    this.#drop = database.prepare("DELETE FROM polls WHERE account = ?");
    this.#put = database.prepare(
      `INSERT INTO polls (account, number, parts, epoch, repeats)
      VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (account) DO UPDATE SET number = excluded.number,
      parts = excluded.parts, epoch = excluded.epoch, repeats = excluded.repeats`,
    );
  }

  /** The durable state of an account; undefined if none of its polls was ever journalled. */
  get(account: string): PollRow | undefined {
    if (this.#known.has(account)) return this.#known.get(account);
    const row = this.#get.get(account) as
      | {
        number: number;
        parts: number;
        epoch: string | null;
        repeats: number | null;
      }
      | undefined;
    const { number, parts } = row ?? NO_POLLS;
    const known = row && {
      number,
      parts,
      epoch: row.epoch ?? undefined,
      repeats: row.repeats === null ? undefined : row.repeats === 1,
    };
    this.#remember(account, known);
    return known;
  }

  /** Prepares a batch; undefined if it must be dropped. Throws like `pollStateAfter`. */
  prepare(poll: JournalledPoll): PollRow | undefined {
    const { account } = poll;
    const before = this.#pending.get(account) ?? this.get(account);
    const state = pollStateAfter(before ?? NO_POLLS, poll);
    if (state === undefined) return undefined;
    // Until all parts are journalled, the same poll may have to be repeated.
    const isWhole = poll.last !== false;
    const row = isWhole ? state : { ...state, epoch: before?.epoch };
    this.#pending.set(account, row);
    return row;
  }

  /** Writes a row. It counts after `stored` is called. */
  put(account: string, { number, parts, epoch, repeats }: PollRow): void {
    this.#put.run(
      account,
      number,
      parts,
      epoch ?? null,
      repeats === undefined ? null : Number(repeats),
    );
  }

  /** Deletes a row. It is gone after `forgotten` is called. */
  forget(account: string): void {
    this.#drop.run(account);
  }

  /** Called when the deletion is durable. */
  forgotten(account: string): void {
    this.#known.delete(account);
    this.#pending.delete(account);
  }

  /** Called when the row is durable. */
  stored(account: string, row: PollRow): void {
    this.#remember(account, row);
  }

  /** Called when the transaction has ended, successfully or not. */
  settled(): void {
    this.#pending.clear();
  }

  #remember(account: string, row: PollRow | undefined): void {
    if (this.#known.size >= MAX_CACHED_POLLS) this.#known.clear();
    this.#known.set(account, row);
  }
}
