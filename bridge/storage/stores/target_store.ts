/** The targets in `bridge.db`. @module */

import type { DatabaseSync } from "node:sqlite";
import type { TargetRecord } from "../../targets/target.ts";
import {
  MemoryTargetStore,
  type TargetStore,
} from "../../targets/target_store.ts";
import type { Cipher } from "../cipher.ts";
import {
  placeOf,
  readStored,
  rewriteSecrets,
  TARGET_SECRETS,
  toStored,
} from "../sealed_columns.ts";

interface Row {
  id: string;
  record: string;
  secrets: string;
  sealed: number;
}

/** The part of a record that may hold secrets: also the URL, whose query may be one. */
type Secrets = Pick<TargetRecord, "url" | "accessToken" | "secret">;

const SQL = {
  all: "SELECT id, record, secrets, sealed FROM targets",
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
   * encrypted yet. Must run inside a transaction.
   *
   * @throws {CipherError} If the secrets were encrypted with another key or for
   * another row.
   */
  constructor(database: DatabaseSync, cipher: Cipher | undefined) {
    this.#database = database;
    this.#cipher = cipher;
    rewriteSecrets(database, TARGET_SECRETS, cipher, cipher);
    for (const row of database.prepare(SQL.all).all() as unknown as Row[]) {
      const { id, record, secrets, sealed } = row;
      const place = placeOf(TARGET_SECRETS, id);
      const opened = readStored({ text: secrets, sealed }, place, cipher);
      this.#records.put({ ...JSON.parse(record), ...JSON.parse(opened) });
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
    const place = placeOf(TARGET_SECRETS, target.id);
    const { text, sealed } = toStored(secrets, place, this.#cipher);
    this.#database.prepare(SQL.put).run(
      target.id,
      JSON.stringify(record),
      text,
      sealed,
    );
  }
}
