/** The targets in `bridge.db`. @module */

import type { DatabaseSync } from "node:sqlite";
import type { TargetRecord } from "../targets/target.ts";
import {
  MemoryTargetStore,
  type TargetStore,
} from "../targets/target_store.ts";
import type { Cipher } from "./cipher.ts";

interface Row {
  record: string;
  secrets: string;
  sealed: number;
}

/** The part of a record that may hold secrets: also the URL, whose query may be one. */
type Secrets = Pick<TargetRecord, "url" | "accessToken" | "secret">;

const SQL = {
  all: "SELECT record, secrets, sealed FROM targets",
  put:
    "INSERT OR REPLACE INTO targets (id, record, secrets, sealed) VALUES (?, ?, ?, ?)",
  remove: "DELETE FROM targets WHERE id = ?",
} as const;

/**
 * A target store in `bridge.db`. It also keeps all records in memory and reads
 * them there, because no other process writes them.
 */
export class SqliteTargetStore implements TargetStore {
  readonly #database: DatabaseSync;
  readonly #cipher: Cipher | undefined;
  readonly #records = new MemoryTargetStore();

  /**
   * Reads all targets. With a cipher, encrypts the secrets that are not
   * encrypted yet.
   *
   * @throws {CipherError} If the secrets were encrypted with another key.
   */
  constructor(database: DatabaseSync, cipher: Cipher | undefined) {
    this.#database = database;
    this.#cipher = cipher;
    for (const row of database.prepare(SQL.all).all() as unknown as Row[]) {
      const { record, secrets, sealed } = row;
      const opened = sealed === 0 ? secrets : cipher!.open(secrets);
      const target = { ...JSON.parse(record), ...JSON.parse(opened) };
      this.#records.put(target);
      if (sealed === 0 && cipher !== undefined) this.#write(target);
    }
  }

  list(): TargetRecord[] {
    return this.#records.list();
  }

  get(id: string): TargetRecord | undefined {
    return this.#records.get(id);
  }

  put(record: TargetRecord): void {
    const before = this.#records.get(record.id);
    this.#records.put(record);
    try {
      this.#write(record);
    } catch (error) {
      if (before === undefined) this.#records.remove(record.id);
      else this.#records.put(before);
      throw error;
    }
  }

  remove(id: string): boolean {
    this.#database.prepare(SQL.remove).run(id);
    return this.#records.remove(id);
  }

  #write(target: TargetRecord): void {
    const { url, accessToken, secret, ...record } = target;
    const secrets = JSON.stringify(
      { url, accessToken, secret } satisfies Secrets,
    );
    this.#database.prepare(SQL.put).run(
      target.id,
      JSON.stringify(record),
      this.#cipher?.seal(secrets) ?? secrets,
      this.#cipher === undefined ? 0 : 1,
    );
  }
}
