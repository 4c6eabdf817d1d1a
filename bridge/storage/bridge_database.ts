/** `bridge.db`: accounts, tokens and settings of one data folder. @module */

import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { ConfigError } from "../config/config_error.ts";
import { decodeBase64Url, encodeBase64Url } from "../base64url.ts";
import { SqliteAccountStore } from "./account_store.ts";
import { type Cipher, SALT_BYTES, SecretCipher } from "./cipher.ts";
import { SqliteQqStore } from "./qq_store.ts";
import {
  BRIDGE_PASSWORDS,
  placeOf,
  QQ_PASSWORDS,
  readStored,
  storedSecrets,
} from "./sealed_columns.ts";
import { openConnection } from "../sqlite/database.ts";
import { BRIDGE_MIGRATIONS, type SettingName } from "./bridge_schema.ts";
import { SqliteInboxStore } from "./stores/inbox_store.ts";
import { SqlitePollKeys } from "./poll_key_store.ts";
import { SqliteSessionStore } from "./session_store.ts";
import { SqlitePeopleStore } from "./stores/people_store.ts";
import { SqliteTargetStore } from "./stores/target_store.ts";
import { SqliteTokenStore } from "./token_store.ts";

const KEY_CHECK = "tqq";

const KEY_CHECK_PLACE = {
  file: "bridge.db",
  table: "settings",
  row: "key_check",
} as const;

/** Options of a {@linkcode BridgeDatabase}. */
export interface BridgeDatabaseOptions {
  /**
   * Encrypts password hashes, also those that are stored in clear text.
   *
   * @default stores clear text
   */
  secretKey?: string | undefined;
  /** Returns the time in milliseconds since 1970. */
  now?: () => number;
}

/** The database of accounts, tokens and settings. With a secret key, secrets in it are encrypted. */
export class BridgeDatabase implements Disposable {
  readonly accounts: SqliteAccountStore;
  readonly tokens: SqliteTokenStore;
  readonly sessions: SqliteSessionStore;
  /** Targets that commands set. */
  readonly targets: SqliteTargetStore;
  /** What was read and answered, and a summary of conversations. */
  readonly inbox: SqliteInboxStore;
  /** Names and faces of people. */
  readonly people: SqlitePeopleStore;
  /** Keys of the next polls, for a journal that follows a lost one. */
  readonly pollKeys: SqlitePollKeys;
  /** Encrypts secrets in all files of the folder; undefined without a secret key. */
  readonly cipher: SecretCipher | undefined;
  readonly #database: DatabaseSync;

  /**
   * @param path The file, or `:memory:`.
   * @throws {ConfigError} If the secret key is not the one of the folder.
   * @throws {RangeError} If a later program made the file.
   */
  constructor(path: string, options: BridgeDatabaseOptions = {}) {
    const { secretKey, now = Date.now } = options;
    const database = this.#database = openConnection(path, {
      what: "bridge.db",
      migrations: BRIDGE_MIGRATIONS,
    });
    try {
      // Replaced and deleted data can be a password.
      database.exec("PRAGMA secure_delete = ON");
      database.exec("BEGIN IMMEDIATE");
      const cipher = this.#openCipher(secretKey);
      this.cipher = cipher?.bound;
      this.accounts = new SqliteAccountStore(database, cipher?.reader, now);
      if (cipher !== undefined) this.#bindKeyCheck(cipher.bound);
      this.tokens = new SqliteTokenStore(database);
      this.sessions = new SqliteSessionStore(database);
      this.targets = new SqliteTargetStore(database, cipher?.reader);
      this.inbox = new SqliteInboxStore(database);
      this.people = new SqlitePeopleStore(database);
      this.pollKeys = new SqlitePollKeys(database);
      database.exec("COMMIT");
      // Clear text must not stay in the log, not even after a start that was killed here.
      if (this.cipher !== undefined) {
        database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      }
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Returns the value of a setting. */
  get(name: SettingName): string | undefined {
    return this.#database.prepare("SELECT value FROM settings WHERE name = ?")
      .get(name)?.["value"] as string | undefined;
  }

  /** Stores a setting; it is durable when this returns. */
  set(name: SettingName, value: string): void {
    this.#database.prepare("INSERT OR REPLACE INTO settings VALUES (?, ?)")
      .run(name, value);
  }

  /** Deletes a setting; that is durable when this returns. */
  delete(name: SettingName): void {
    this.#database.prepare("DELETE FROM settings WHERE name = ?").run(name);
  }

  /** Runs changes in one transaction; they are durable when this returns. */
  transaction<T>(change: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = change();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Closes the file. A second call does nothing. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Opens `qq.db`. With a secret key, everything in it is sealed for its row
   * afterwards, and what is not is refused from then on.
   *
   * @throws {CipherError} If a row cannot be decrypted.
   */
  openQqStore(path: string): SqliteQqStore {
    const { cipher } = this;
    if (cipher === undefined) return new SqliteQqStore(path);
    const isBound = this.get("qq_sealed") === BOUND_VERSION;
    const store = new SqliteQqStore(path, {
      cipher: isBound ? cipher : cipher.acceptingUnbound(),
    });
    if (!isBound) this.set("qq_sealed", BOUND_VERSION);
    return store;
  }

  #openCipher(secretKey: string | undefined): OpenedCipher | undefined {
    checkRekeyed(this.get("old_salt"));
    const check = this.get("key_check");
    const salt = this.get("salt") ?? newSalt();
    const opened = openCipher(secretKey, salt, check);
    if (opened !== undefined) this.set("salt", salt);
    return opened;
  }

  /** From now on, nothing that is not sealed for its row is accepted. */
  #bindKeyCheck(cipher: SecretCipher): void {
    const check = this.get("key_check");
    if (check !== undefined && cipher.isCurrent(check)) return;
    this.set("key_check", sealKeyCheck(cipher));
  }
}

const BOUND_VERSION = "2";

/** A new random salt, as text. */
export function newSalt(): string {
  return encodeBase64Url(randomBytes(SALT_BYTES));
}

/** The known text by which a key is recognised. */
export function sealKeyCheck(cipher: Cipher): string {
  return cipher.seal(KEY_CHECK, KEY_CHECK_PLACE);
}

/** Throws ConfigError if a `rekey` was cut off. */
function checkRekeyed(oldSalt: string | undefined): void {
  if (oldSalt === undefined) return;
  throw new ConfigError(
    'Cannot open the data folder: its secret key was being changed, and that was cut off. Run "tqq rekey" again with the same TQQ_SECRET_KEY_OLD and TQQ_SECRET_KEY.',
  );
}

/**
 * Checks that a file is undamaged and encrypted with the secret key. Changes
 * nothing.
 *
 * @returns the cipher of its passwords; undefined if they are not encrypted
 * @throws {ConfigError} If the key is not its own.
 */
export function checkBridgeDatabase(
  path: string,
  secretKey: string | undefined,
): SecretCipher | undefined {
  checkDatabase(path);
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const { user_version } = database.prepare("PRAGMA user_version")
      .get() as { user_version: number };
    if (user_version === 0) return undefined;
    const rows = database.prepare("SELECT name, value FROM settings")
      .all() as unknown as { name: string; value: string }[];
    const settings = new Map(rows.map(({ name, value }) => [name, value]));
    checkRekeyed(settings.get("old_salt"));
    const check = settings.get("key_check");
    const cipher = check === undefined
      ? undefined
      : openCipher(secretKey, settings.get("salt")!, check)?.bound;
    const isUnbound = check !== undefined && cipher?.isCurrent(check) === false;
    const isQqUnbound = settings.get("qq_sealed") !== BOUND_VERSION;
    return isUnbound || isQqUnbound ? cipher?.acceptingUnbound() : cipher;
  } finally {
    database.close();
  }
}

/**
 * Returns the accounts of `bridge.db` or `qq.db` that have a password. Changes
 * nothing.
 *
 * @param path The file.
 * @param passwordMd5 MD5 of the password.
 * @param cipher The result of {@linkcode checkBridgeDatabase}.
 */
export function accountsWithPassword(
  path: string,
  passwordMd5: string,
  cipher: Cipher | undefined,
): string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const column = path.endsWith(QQ_PASSWORDS.file)
      ? QQ_PASSWORDS
      : BRIDGE_PASSWORDS;
    return storedSecrets(database, column).filter(({ row, ...stored }) =>
      readStored(stored, placeOf(column, row), cipher) === passwordMd5
    ).map(({ row }) => row);
  } finally {
    database.close();
  }
}

/**
 * Checks that a file of SQLite is undamaged. Changes nothing.
 *
 * @throws {Error} If it is not.
 */
export function checkDatabase(path: string): void {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const found = database.prepare("PRAGMA quick_check(1)").get()
      ?.["quick_check"];
    if (found !== "ok") {
      throw new RangeError(
        `Cannot read the database: it must be whole, got ${found}`,
      );
    }
  } finally {
    database.close();
  }
}

/** The cipher of a secret key. */
interface OpenedCipher {
  readonly bound: SecretCipher;
  /** Also opens what version 0.1.0 sealed, if the file is of that version. */
  readonly reader: SecretCipher;
}

/**
 * Returns the cipher of a secret key; undefined if nothing is encrypted and
 * there is no key.
 *
 * @param check The known text, sealed; undefined if nothing is encrypted yet.
 * @param variable Name of the setting of the key, for errors.
 * @throws {ConfigError} If the key is missing, or is another than that of the folder.
 */
export function openCipher(
  secretKey: string | undefined,
  salt: string,
  check: string | undefined,
  variable = "TQQ_SECRET_KEY",
): OpenedCipher | undefined {
  if (secretKey === undefined) {
    if (check === undefined) return undefined;
    throw new MissingKeyError(
      `Cannot open the data folder: ${variable} must be set, because its passwords are encrypted, got nothing`,
    );
  }
  const bound = new SecretCipher(secretKey, decodeBase64Url(salt));
  if (check === undefined) return { bound, reader: bound };
  const reader = bound.isCurrent(check) ? bound : bound.acceptingUnbound();
  try {
    if (reader.open(check, KEY_CHECK_PLACE) === KEY_CHECK) {
      return { bound, reader };
    }
  } catch {
    // Reported below.
  }
  throw new WrongKeyError(
    `Cannot open the data folder: ${variable} must be the key that its passwords were encrypted with.`,
  );
}

/** The passwords of a data folder are encrypted, and no key is set. */
export class MissingKeyError extends ConfigError {
  override name = "MissingKeyError";
}

/** The secret key is not that of the data folder. */
export class WrongKeyError extends ConfigError {
  override name = "WrongKeyError";
}
