/** Rows of keyed commands. @module */

import type { SqlSource, SqlStatement } from "../../sqlite/sql_database.ts";
import type { IdempotencyRecord, Outcome } from "../journal.ts";
import {
  type JournalLimits,
  KEY_LIFE_MS,
  tooManyKeyBytes,
  tooManyKeys,
} from "../limits.ts";

/** Number of expired rows that each new one deletes, so that they go even without trimming. */
const DROPPED_BY_EACH = 2;

/** Maximum number of accounts whose rows are counted in memory; then counting starts again. */
const COUNTED_ACCOUNTS = 10_000;

/** SQL of a row's bytes in the table and its index. */
const BYTES = `2 * octet_length(account) + 2 * octet_length(key)
  + octet_length(upstream_seq) + octet_length(upstream_key)
  + octet_length(request) + coalesce(octet_length(outcome), 0) + 40`;

const SQL = {
  bytes: `SELECT coalesce(sum(${BYTES}), 0) AS bytes FROM keyed`,
  bytesOf: `SELECT ${BYTES} AS bytes FROM keyed WHERE account = ? AND key = ?`,
  get:
    `SELECT request, upstream_seq AS upstreamSeq, upstream_key AS upstreamKey, at, outcome
    FROM keyed WHERE account = ? AND key = ? AND at > ?`,
  has: "SELECT 1 FROM keyed WHERE account = ? AND key = ?",
  put:
    `INSERT OR REPLACE INTO keyed (account, key, at, upstream_seq, upstream_key, request, outcome)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  // What repeats a command is not needed once it has an outcome.
  finish: `UPDATE keyed SET outcome = ?, upstream_key = '', upstream_seq = ''
    WHERE account = ? AND key = ?`,
  count: `SELECT count(*) AS count, coalesce(sum(${BYTES}), 0) AS bytes
    FROM keyed WHERE account = ? AND at > ?`,
  expire: `DELETE FROM keyed WHERE (account, key) IN
    (SELECT account, key FROM keyed WHERE at <= ? ORDER BY at LIMIT ?)
    RETURNING account, ${BYTES} AS bytes`,
  forget: `DELETE FROM keyed WHERE (account, key) IN
    (SELECT account, key FROM keyed WHERE account = ? LIMIT ?)
    RETURNING ${BYTES} AS bytes`,
} as const;

type KeyLimits = Pick<
  Required<JournalLimits>,
  "keysPerAccount" | "keyBytesPerAccount"
>;

/** Number and bytes of an account's rows. */
interface Usage {
  count: number;
  bytes: number;
}

/** Remembers keyed commands for 24 hours. */
export class KeyedRows {
  readonly #statements: Readonly<Record<keyof typeof SQL, SqlStatement>>;
  readonly #limits: KeyLimits;
  readonly #usages = new Map<string, Usage>();
  /** Bytes of all rows; undefined until they are needed, and after a rollback. */
  #bytes: number | undefined;

  constructor(database: SqlSource, limits: KeyLimits) {
    this.#limits = limits;
    this.#statements = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof SQL, SqlStatement>;
  }

  /** A command; undefined if it is unknown or expired. */
  get(
    account: string,
    key: string,
    now: number,
  ): IdempotencyRecord | undefined {
    const row = this.#statements.get.get(account, key, now - KEY_LIFE_MS);
    if (row === undefined) return undefined;
    const { outcome, ...command } = row as unknown as
      & Omit<IdempotencyRecord, "outcome">
      & { outcome: string | null };
    return {
      ...command,
      ...(outcome === null ? {} : { outcome: JSON.parse(outcome) as Outcome }),
    };
  }

  /** Approximate bytes of all rows. The first call reads all of them. */
  get bytes(): number {
    return this.#bytes ??= this.#statements.bytes.get()!["bytes"] as number;
  }

  /** Throws JournalLimitError if the account has no place for a new key. */
  assertRoom(account: string, key: string, now: number): void {
    if (this.#has(account, key)) return;
    const { keysPerAccount, keyBytesPerAccount } = this.#limits;
    const isFull = ({ count, bytes }: Usage) =>
      count >= keysPerAccount || bytes >= keyBytesPerAccount;
    if (!isFull(this.#usage(account))) return;
    // Expired rows are still there until they are deleted.
    const usage = this.#usageAfter(account, now - KEY_LIFE_MS);
    if (!isFull(usage)) return;
    throw usage.count >= keysPerAccount
      ? tooManyKeys(account, keysPerAccount)
      : tooManyKeyBytes(account, keyBytesPerAccount);
  }

  /**
   * Writes a command, and deletes some expired ones.
   *
   * @throws {JournalLimitError} If a limit is reached.
   */
  put(
    account: string,
    key: string,
    command: IdempotencyRecord,
    outcome: string | null,
    now: number,
  ): void {
    this.expire(now, DROPPED_BY_EACH);
    this.assertRoom(account, key, now);
    const usage = this.#usage(account);
    if (!this.#has(account, key)) usage.count++;
    const { at, upstreamSeq, upstreamKey, request } = command;
    const before = this.#bytesOf(account, key);
    this.#statements.put.run(
      account,
      key,
      at,
      upstreamSeq,
      upstreamKey,
      request,
      outcome,
    );
    this.#grow(account, this.#bytesOf(account, key) - before);
  }

  finish(account: string, key: string, outcome: string): void {
    const before = this.#bytesOf(account, key);
    this.#statements.finish.run(outcome, account, key);
    this.#grow(account, this.#bytesOf(account, key) - before);
  }

  /** Deletes at most `most` of the oldest expired rows; returns how many. */
  expire(now: number, most: number): number {
    const gone = this.#statements.expire.all(now - KEY_LIFE_MS, most);
    for (const { account, bytes } of gone) {
      this.#grow(account as string, -(bytes as number));
      const usage = this.#usages.get(account as string);
      if (usage !== undefined) usage.count--;
    }
    return gone.length;
  }

  /** Deletes at most `most` rows of an account; returns whether there may be more. */
  forget(account: string, most: number): boolean {
    this.#usages.delete(account);
    const gone = this.#statements.forget.all(account, most);
    for (const { bytes } of gone) this.#grow(account, -(bytes as number));
    return gone.length === most;
  }

  /** Called when the transaction was rolled back. */
  rolledBack(): void {
    this.#usages.clear();
    this.#bytes = undefined;
  }

  #grow(account: string, bytes: number): void {
    if (this.#bytes !== undefined) this.#bytes += bytes;
    const usage = this.#usages.get(account);
    if (usage !== undefined) usage.bytes += bytes;
  }

  #bytesOf(account: string, key: string): number {
    const row = this.#statements.bytesOf.get(account, key);
    return (row?.["bytes"] ?? 0) as number;
  }

  #has(account: string, key: string): boolean {
    return this.#statements.has.get(account, key) !== undefined;
  }

  #usage(account: string): Usage {
    let usage = this.#usages.get(account);
    if (usage === undefined) {
      usage = this.#usageAfter(account, -1);
      if (this.#usages.size >= COUNTED_ACCOUNTS) this.#usages.clear();
      this.#usages.set(account, usage);
    }
    return usage;
  }

  #usageAfter(account: string, at: number): Usage {
    return { ...this.#statements.count.get(account, at) } as unknown as Usage;
  }
}
