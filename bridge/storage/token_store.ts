/** Tokens in `bridge.db`. @module */

import type { DatabaseSync } from "node:sqlite";
import {
  MemoryTokenStore,
  type TokenRecord,
  type TokenStore,
} from "../access/token_store.ts";

interface Row {
  name: string;
  hash: string;
  scopes: string;
  accounts: string;
  createdAt: number;
  revokedAt: number | null;
}

const SQL = {
  all: `SELECT name, hash, scopes, accounts, created_at AS createdAt,
    revoked_at AS revokedAt FROM tokens`,
  put: `INSERT OR REPLACE INTO tokens
    (name, hash, scopes, accounts, created_at) VALUES (?, ?, ?, ?, ?)`,
  revoke:
    "UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE name = ?",
  drop: "DELETE FROM tokens WHERE name = ?",
} as const;

/**
 * A {@linkcode TokenStore} in `bridge.db`. All records are in memory too, so
 * that a token is checked without touching the disk, and a revocation is seen
 * at once.
 */
export class SqliteTokenStore implements TokenStore {
  readonly #database: DatabaseSync;
  readonly #records = new MemoryTokenStore();

  constructor(database: DatabaseSync) {
    this.#database = database;
    for (const row of database.prepare(SQL.all).all() as unknown as Row[]) {
      const { revokedAt, ...rest } = row;
      this.#records.add({
        ...rest,
        scopes: JSON.parse(row.scopes),
        accounts: JSON.parse(row.accounts),
        ...(revokedAt === null ? {} : { revokedAt }),
      });
    }
  }

  /** All, in the order of their names. */
  list(): TokenRecord[] {
    return this.#records.list();
  }

  /** The token with a hash, revoked or not. */
  find(hash: string): TokenRecord | undefined {
    return this.#records.find(hash);
  }

  /** Adds one; on disk when it returns. */
  add(record: TokenRecord): void {
    // In memory first: it has the rules. Where the disk fails, it must not hold.
    const gone = this.#records.add(record);
    try {
      if (gone !== undefined) this.#database.prepare(SQL.drop).run(gone);
      this.#database.prepare(SQL.put).run(
        record.name,
        record.hash,
        JSON.stringify(record.scopes),
        JSON.stringify(record.accounts),
        record.createdAt,
      );
    } catch (error) {
      this.#records.revoke(record.name, record.createdAt);
      throw error;
    }
  }

  /** Revokes a token: at once in memory, and on disk when it returns. */
  revoke(name: string, at: number): boolean {
    const held = this.#records.revoke(name, at);
    // Written again even where memory knows: a write may have failed before.
    this.#database.prepare(SQL.revoke).run(at, name);
    return held;
  }
}
