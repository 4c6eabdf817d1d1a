/** Stores the keys of polls in `bridge.db`. @module */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { PollKeys } from "../upstream/poll_key.ts";

/** Maximum number of keys of removed accounts. The oldest are dropped; such an account first polls without a key. */
export const REMOVED_ACCOUNTS = 1000;

/** Keeps the key of each account's next poll, which outlives a lost journal. */
export class SqlitePollKeys implements PollKeys {
  readonly #database: DatabaseSync;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #isThere: StatementSync;
  readonly #drop: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#get = database.prepare("SELECT key FROM poll_keys WHERE account = ?");
    this.#put = database.prepare(
      `INSERT INTO poll_keys (account, key, at) VALUES (?1, ?2, ?3)
      ON CONFLICT (account) DO UPDATE SET key = ?2, at = ?3 WHERE key <> ?2`,
    );
    this.#isThere = database.prepare("SELECT 1 FROM accounts WHERE uin = ?");
    this.#drop = database.prepare(
      `DELETE FROM poll_keys WHERE account IN (
        SELECT account FROM poll_keys
        WHERE account NOT IN (SELECT uin FROM accounts)
        ORDER BY at DESC, account LIMIT -1 OFFSET ${REMOVED_ACCOUNTS}
      )`,
    );
  }

  get(uin: string): string | undefined {
    return this.#get.get(uin)?.["key"] as string | undefined;
  }

  put(uin: string, key: string): void {
    this.#put.run(uin, key, Date.now());
    if (this.#isThere.get(uin) === undefined) this.#drop.run();
  }

  /** Stores several keys in one transaction. */
  putAll(keys: Iterable<readonly [uin: string, key: string]>): void {
    const now = Date.now();
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      for (const [uin, key] of keys) this.#put.run(uin, key, now);
      this.#drop.run();
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}
