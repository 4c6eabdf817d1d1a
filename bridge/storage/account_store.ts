/** The accounts in `bridge.db`. @module */

import type { DatabaseSync } from "node:sqlite";
import type { Status } from "../../mod.ts";
import {
  type AccountRecord,
  type AccountStore,
  MemoryAccountStore,
} from "../upstream/account_store.ts";
import type { Cipher } from "./cipher.ts";
import {
  BRIDGE_PASSWORDS,
  placeOf,
  readStored,
  rewriteSecrets,
  toStored,
} from "./sealed_columns.ts";

interface Row {
  uin: string;
  password: string;
  sealed: number;
  nickname: string;
  wanted: "in" | "out";
  status: Status | null;
}

const SQL = {
  all: "SELECT uin, password, sealed, nickname, wanted, status FROM accounts",
  put:
    `INSERT INTO accounts (uin, password, sealed, nickname, wanted, status, added_at)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uin) DO UPDATE SET
    password = excluded.password, sealed = excluded.sealed,
    nickname = excluded.nickname, wanted = excluded.wanted,
    status = excluded.status`,
  remove: "DELETE FROM accounts WHERE uin = ?",
} as const;

/**
 * An account store in `bridge.db`. It also keeps all records in memory and reads
 * them there, because no other process writes them.
 */
export class SqliteAccountStore implements AccountStore {
  readonly #database: DatabaseSync;
  readonly #cipher: Cipher | undefined;
  readonly #now: () => number;
  readonly #records = new MemoryAccountStore();

  /**
   * Reads all accounts. With a cipher, encrypts the passwords that are not
   * encrypted yet, and those that an earlier version encrypted. Must run inside
   * a transaction.
   *
   * @throws {CipherError} If the passwords were encrypted with another key.
   */
  constructor(
    database: DatabaseSync,
    cipher: Cipher | undefined,
    now: () => number,
  ) {
    this.#database = database;
    this.#cipher = cipher;
    this.#now = now;
    rewriteSecrets(database, BRIDGE_PASSWORDS, cipher, cipher);
    for (const row of database.prepare(SQL.all).all() as unknown as Row[]) {
      this.#records.put(this.#recordOf(row));
    }
  }

  list(): AccountRecord[] {
    return this.#records.list();
  }

  get(uin: string): AccountRecord | undefined {
    return this.#records.get(uin);
  }

  put(record: AccountRecord): void {
    const before = this.#records.get(record.uin);
    this.#records.put(record);
    try {
      this.#write(record);
    } catch (error) {
      if (before === undefined) this.#records.remove(record.uin);
      else this.#records.put(before);
      throw error;
    }
  }

  remove(uin: string): boolean {
    this.#database.prepare(SQL.remove).run(uin);
    return this.#records.remove(uin);
  }

  #recordOf(row: Row): AccountRecord {
    const { uin, password, sealed, nickname, wanted, status } = row;
    return {
      uin,
      passwordMd5: readStored(
        { text: password, sealed },
        placeOf(BRIDGE_PASSWORDS, uin),
        this.#cipher,
      ),
      nickname: JSON.parse(nickname),
      wanted,
      ...(status === null ? {} : { status }),
    };
  }

  #write(record: AccountRecord): void {
    const { uin, passwordMd5, nickname, wanted, status } = record;
    const { text, sealed } = toStored(
      passwordMd5,
      placeOf(BRIDGE_PASSWORDS, uin),
      this.#cipher,
    );
    this.#database.prepare(SQL.put).run(
      uin,
      text,
      sealed,
      JSON.stringify(nickname),
      wanted,
      status ?? null,
      this.#now(),
    );
  }
}
