/** The rows of the journal's own state: what was trimmed, and the polls of each account. @module */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { JournalledPoll } from "../journal.ts";
import { NO_POLLS, type PollState, pollStateAfter } from "../poll_state.ts";

/** Where the kept events begin. */
export interface Trimmed {
  /** The place of the last event that was trimmed. */
  readonly seq: number;
  /** Bytes of all that were. */
  readonly bytes: number;
}

/** Pages of a probe: a small write could fit where nothing else does. */
const PROBE_BYTES = 16_384;

const SQL = {
  get: "SELECT value FROM meta WHERE name = ?",
  put: "INSERT OR REPLACE INTO meta VALUES (?, ?)",
  forget: "DELETE FROM lost WHERE last <= ?",
  probe: "INSERT OR REPLACE INTO meta VALUES ('probes', zeroblob(?))",
  probed: "UPDATE meta SET value = 0 WHERE name = 'probes'",
} as const;

/** See the module. */
export class MetaRows {
  readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;

  constructor(database: DatabaseSync) {
    this.#statements = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof SQL, StatementSync>;
  }

  /** What was trimmed. */
  get trimmed(): Trimmed {
    return {
      seq: this.#get("trimmed_seq") as number,
      bytes: this.#get("trimmed_bytes") as number,
    };
  }

  /** Writes what was trimmed. */
  putTrimmed({ seq, bytes }: Trimmed): void {
    this.#statements.put.run("trimmed_seq", seq);
    this.#statements.put.run("trimmed_bytes", bytes);
    this.#statements.forget.run(seq);
  }

  /** Writes as much as tells whether there is room. */
  probe(): void {
    this.#statements.probe.run(PROBE_BYTES);
    this.#statements.probed.run();
  }

  #get(name: string): unknown {
    return this.#statements.get.get(name)?.["value"];
  }
}

/** Most accounts whose polls are known by heart; the others' are looked up. */
const POLLS_IN_MEMORY = 100_000;

/** A row. */
interface PollRow extends PollState {
  /** The epoch of the next poll's key; undefined for the journal's own. */
  readonly epoch?: string | undefined;
}

/** See the module. */
export class PollRows {
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #drop: StatementSync;
  readonly #known = new Map<string, PollRow | undefined>();
  /** What the transaction under way changes, for batches behind it in the same one. */
  readonly #pending = new Map<string, PollRow>();

  constructor(database: DatabaseSync) {
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

  /** What is durable of an account; undefined if no poll of it was ever journalled. */
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

  /** Gets a batch ready; undefined if it must be dropped. Throws as `pollStateAfter`. */
  prepare(poll: JournalledPoll): PollRow | undefined {
    const { account } = poll;
    const before = this.#pending.get(account) ?? this.get(account);
    const state = pollStateAfter(before ?? NO_POLLS, poll);
    if (state === undefined) return undefined;
    // Until all of it is journalled, the same poll may have to be asked again.
    const isWhole = poll.last !== false;
    const row = isWhole ? state : { ...state, epoch: before?.epoch };
    this.#pending.set(account, row);
    return row;
  }

  /** Writes a row; it counts once it is `stored`. */
  put(account: string, { number, parts, epoch, repeats }: PollRow): void {
    this.#put.run(
      account,
      number,
      parts,
      epoch ?? null,
      repeats === undefined ? null : Number(repeats),
    );
  }

  /** Drops a row; it is gone once that is `forgotten`. */
  forget(account: string): void {
    this.#drop.run(account);
  }

  /** What was dropped is gone for good. */
  forgotten(account: string): void {
    this.#known.delete(account);
  }

  /** What was written is durable. */
  stored(account: string, row: PollRow): void {
    this.#remember(account, row);
  }

  /** The transaction has ended, well or not. */
  settled(): void {
    this.#pending.clear();
  }

  #remember(account: string, row: PollRow | undefined): void {
    if (this.#known.size >= POLLS_IN_MEMORY) this.#known.clear();
    this.#known.set(account, row);
  }
}
