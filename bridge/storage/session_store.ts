/** The sessions of the console in `bridge.db`. @module */

import type { DatabaseSync } from "node:sqlite";
import type { SessionRecord, SessionStore } from "../access/session_store.ts";

type Row = Omit<SessionRecord, "isKept"> & { kept: number };

const SQL = {
  all: `SELECT hash, proof_hash AS proofHash, token_id AS tokenId,
    token_hash AS tokenHash, expires_at AS expiresAt, seen_at AS seenAt, kept
    FROM sessions ORDER BY seen_at`,
  add: "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)",
  see: `UPDATE sessions SET seen_at = ?
    WHERE hash IN (SELECT value FROM json_each(?))`,
  expire: "UPDATE sessions SET expires_at = ? WHERE hash = ?",
  remove: "DELETE FROM sessions WHERE hash IN (SELECT value FROM json_each(?))",
} as const;

export class SqliteSessionStore implements SessionStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  list(): SessionRecord[] {
    const rows = this.#database.prepare(SQL.all).all() as unknown as Row[];
    return rows.map(({ kept, ...record }) => ({
      ...record,
      isKept: kept === 1,
    }));
  }

  add(record: SessionRecord): void {
    const { hash, proofHash, tokenId, tokenHash, expiresAt, seenAt } = record;
    this.#database.prepare(SQL.add).run(
      hash,
      proofHash,
      tokenId,
      tokenHash,
      expiresAt,
      seenAt,
      record.isKept ? 1 : 0,
    );
  }

  setExpiry(hash: string, expiresAt: number): void {
    this.#database.prepare(SQL.expire).run(expiresAt, hash);
  }

  setSeen(hashes: readonly string[], at: number): void {
    this.#database.prepare(SQL.see).run(at, JSON.stringify(hashes));
  }

  remove(hashes: readonly string[]): void {
    this.#database.prepare(SQL.remove).run(JSON.stringify(hashes));
  }
}
