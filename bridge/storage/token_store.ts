/** The tokens in `bridge.db`. @module */

import type { DatabaseSync } from "node:sqlite";
import {
  MemoryTokenStore,
  type TokenRecord,
  type TokenStore,
} from "../access/token_store.ts";

interface Row {
  id: string;
  name: string;
  hash: string;
  scopes: string;
  accounts: string;
  createdAt: number;
  createdBy: string | null;
  expiresAt: number | null;
  revokedAt: number | null;
  consumer: string | null;
  lastUsedAt: number | null;
  lastAddress: string | null;
}

const SQL = {
  all: `SELECT id, name, hash, scopes, accounts, created_at AS createdAt,
    created_by AS createdBy, expires_at AS expiresAt, revoked_at AS revokedAt,
    consumer, last_used_at AS lastUsedAt, last_address AS lastAddress
    FROM tokens`,
  put: `INSERT INTO tokens
    (id, name, hash, scopes, accounts, created_at, created_by, expires_at, consumer)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  // One statement, so that all of them are revoked or none.
  revoke: `UPDATE tokens SET revoked_at = coalesce(revoked_at, ?)
    WHERE id IN (SELECT value FROM json_each(?))`,
  used: `UPDATE tokens SET last_used_at = ?,
    last_address = coalesce(?, last_address) WHERE id = ?`,
  drop: "DELETE FROM tokens WHERE id = ?",
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
      const { createdBy, expiresAt, revokedAt, consumer, ...others } = row;
      const { lastUsedAt, lastAddress, ...rest } = others;
      this.#records.add({
        ...rest,
        scopes: JSON.parse(row.scopes),
        accounts: JSON.parse(row.accounts),
        ...(consumer === null ? {} : { consumer }),
        ...(createdBy === null ? {} : { createdBy }),
        ...(expiresAt === null ? {} : { expiresAt }),
        ...(revokedAt === null ? {} : { revokedAt }),
        ...(lastUsedAt === null ? {} : { lastUsedAt }),
        ...(lastAddress === null ? {} : { lastAddress }),
      });
    }
  }

  list(): TokenRecord[] {
    return this.#records.list();
  }

  find(hash: string): TokenRecord | undefined {
    return this.#records.find(hash);
  }

  get(id: string): TokenRecord | undefined {
    return this.#records.get(id);
  }

  findByName(name: string): TokenRecord | undefined {
    return this.#records.findByName(name);
  }

  add(record: TokenRecord): void {
    // In memory first, which checks the record. If the disk fails, the token must not stay valid.
    const gone = this.#records.add(record);
    try {
      if (gone !== undefined) this.#database.prepare(SQL.drop).run(gone);
      this.#database.prepare(SQL.put).run(
        record.id,
        record.name,
        record.hash,
        JSON.stringify(record.scopes),
        JSON.stringify(record.accounts),
        record.createdAt,
        record.createdBy ?? null,
        record.expiresAt ?? null,
        record.consumer ?? null,
      );
    } catch (error) {
      this.#records.revoke([record.id], record.createdAt);
      throw error;
    }
  }

  revoke(ids: readonly string[], at: number): void {
    this.#records.revoke(ids, at);
    // Written even if memory has the revocation, because an earlier write may have failed.
    this.#database.prepare(SQL.revoke).run(at, JSON.stringify(ids));
  }

  setUsed(id: string, at: number, address: string | undefined): void {
    this.#records.setUsed(id, at, address);
    this.#database.prepare(SQL.used).run(at, address ?? null, id);
  }
}
