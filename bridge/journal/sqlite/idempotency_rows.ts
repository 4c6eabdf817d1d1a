/** Rows of keyed commands. @module */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { IdempotencyRecord, Outcome } from "../journal.ts";
import { KEY_LIFE_MS, tooManyKeys } from "../limits.ts";

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
  finish: "UPDATE keyed SET outcome = ? WHERE account = ? AND key = ?",
  count: "SELECT count(*) AS count FROM keyed WHERE account = ? AND at > ?",
  expire: `DELETE FROM keyed WHERE (account, key) IN
    (SELECT account, key FROM keyed WHERE at <= ? ORDER BY at LIMIT ?)
    RETURNING account, ${BYTES} AS bytes`,
  forget: `DELETE FROM keyed WHERE (account, key) IN
    (SELECT account, key FROM keyed WHERE account = ? LIMIT ?)
    RETURNING ${BYTES} AS bytes`,
} as const;

/** Remembers keyed commands for 24 hours. */
export class KeyedRows {
  readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;
  readonly #mostOfAccount: number;
  readonly #counts = new Map<string, number>();
  /** Bytes of all rows; undefined until they are needed, and after a rollback. */
  #bytes: number | undefined;

  constructor(database: DatabaseSync, mostOfAccount: number) {
    this.#mostOfAccount = mostOfAccount;
    this.#statements = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof SQL, StatementSync>;
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
    const most = this.#mostOfAccount;
    if (this.#count(account) < most || this.#has(account, key)) return;
    // Expired rows are still there until they are deleted.
    if (this.#countBehind(account, now - KEY_LIFE_MS) < most) return;
    throw tooManyKeys(account, most);
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
    const count = this.#count(account) + (this.#has(account, key) ? 0 : 1);
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
    this.#grow(this.#bytesOf(account, key) - before);
    this.#counts.set(account, count);
  }

  finish(account: string, key: string, outcome: string): void {
    const before = this.#bytesOf(account, key);
    this.#statements.finish.run(outcome, account, key);
    this.#grow(this.#bytesOf(account, key) - before);
  }

  /** Deletes at most `most` of the oldest expired rows; returns how many. */
  expire(now: number, most: number): number {
    const gone = this.#statements.expire.all(now - KEY_LIFE_MS, most);
    for (const { account, bytes } of gone) {
      this.#grow(-(bytes as number));
      const count = this.#counts.get(account as string);
      if (count !== undefined) this.#counts.set(account as string, count - 1);
    }
    return gone.length;
  }

  /** Deletes at most `most` rows of an account; returns whether there may be more. */
  forget(account: string, most: number): boolean {
    this.#counts.delete(account);
    const gone = this.#statements.forget.all(account, most);
    for (const { bytes } of gone) this.#grow(-(bytes as number));
    return gone.length === most;
  }

  /** Called when the transaction was rolled back. */
  rolledBack(): void {
    this.#counts.clear();
    this.#bytes = undefined;
  }

  #grow(bytes: number): void {
    if (this.#bytes !== undefined) this.#bytes += bytes;
  }

  /** Costs nothing until the sum is needed. */
  #bytesOf(account: string, key: string): number {
    if (this.#bytes === undefined) return 0;
    const row = this.#statements.bytesOf.get(account, key);
    return (row?.["bytes"] ?? 0) as number;
  }

  #has(account: string, key: string): boolean {
    return this.#statements.has.get(account, key) !== undefined;
  }

  #count(account: string): number {
    let count = this.#counts.get(account);
    if (count === undefined) {
      count = this.#countBehind(account, -1);
      if (this.#counts.size >= COUNTED_ACCOUNTS) this.#counts.clear();
      this.#counts.set(account, count);
    }
    return count;
  }

  #countBehind(account: string, at: number): number {
    return this.#statements.count.get(account, at)!["count"] as number;
  }
}
