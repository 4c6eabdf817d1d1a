/** The tokens in `bridge.db`. @module */

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
 * A token store in `bridge.db`. It also keeps all records in memory, so that
 * checking a token does not read the disk.
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

  list(): TokenRecord[] {
    return this.#records.list();
  }

  find(hash: string): TokenRecord | undefined {
    return this.#records.find(hash);
  }

  add(record: TokenRecord): void {
    // In memory first, which checks the record. If the disk fails, the token must not stay valid.
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

  revoke(name: string, at: number): boolean {
    const held = this.#records.revoke(name, at);
    // Written even if memory has the revocation, because an earlier write may have failed.
    this.#database.prepare(SQL.revoke).run(at, name);
    return held;
  }
}
