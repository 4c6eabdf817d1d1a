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
import { openDatabase } from "../sqlite/database.ts";
import { SqliteInboxStore } from "./stores/inbox_store.ts";
import { SqlitePollKeys } from "./poll_key_store.ts";
import { SqliteSessionStore } from "./session_store.ts";
import { SqlitePeopleStore } from "./stores/people_store.ts";
import { SqliteTargetStore } from "./stores/target_store.ts";
import { SqliteTokenStore } from "./token_store.ts";

/** Each brings `user_version` from its index to the next. None is ever changed. */
export const BRIDGE_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE accounts (
    uin TEXT PRIMARY KEY,
    password TEXT NOT NULL,      -- MD5, sealed or not
    sealed INTEGER NOT NULL,
    nickname TEXT NOT NULL,      -- as JSON, which keeps every character
    wanted TEXT NOT NULL,
    added_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE tokens (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,        -- as JSON
    accounts TEXT NOT NULL,      -- as JSON
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) WITHOUT ROWID;
  `,
  // The presence last asked for; NULL: none was.
  "ALTER TABLE accounts ADD COLUMN status TEXT",
  // The key of each account's next poll, for a journal that is made anew.
  `
  CREATE TABLE poll_keys (
    account TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    at INTEGER NOT NULL          -- when it was kept, in milliseconds since 1970
  ) WITHOUT ROWID;
  `,
  // Tokens have an id. Earlier ones keep their name as id, so that their
  // consumers stay theirs. The exception is `local`, which is the id of the
  // program's own grant. The administrator counts as their maker.
  `
  CREATE TABLE tokens_with_ids (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,        -- as JSON
    accounts TEXT NOT NULL,      -- as JSON
    created_at INTEGER NOT NULL,
    created_by TEXT,             -- id of the token that made it; NULL for the first start's
    expires_at INTEGER,          -- NULL: never
    revoked_at INTEGER,
    consumer TEXT                -- of connections that name none
  ) WITHOUT ROWID;
  INSERT INTO tokens_with_ids
    SELECT CASE name WHEN 'local' THEN lower(hex(randomblob(12))) ELSE name END,
      name, hash, scopes, accounts, created_at,
      CASE name WHEN 'admin' THEN NULL ELSE 'admin' END,
      NULL, revoked_at, NULL
    FROM tokens;
  DROP TABLE tokens;
  ALTER TABLE tokens_with_ids RENAME TO tokens;
  `,
  // Sessions of the console.
  `
  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,       -- SHA-256 of the half in the cookie
    proof_hash TEXT NOT NULL,    -- of the half that the page keeps
    token_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    kept INTEGER NOT NULL        -- 1 if the user asked to stay signed in
  ) WITHOUT ROWID;
  `,
  // Addresses to which the bridge connects or posts by itself.
  `
  CREATE TABLE targets (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL,        -- as JSON, without what may be secret
    secrets TEXT NOT NULL,       -- URL, access token and secret as JSON, sealed or not
    sealed INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  // The inbox: what was read and answered, and a summary of the journal.
  `
  CREATE TABLE inbox_marks (
    kind TEXT NOT NULL,          -- read or answered
    account TEXT NOT NULL,
    party TEXT NOT NULL,         -- empty: all of the account's
    seq INTEGER NOT NULL,
    PRIMARY KEY (kind, account, party)
  ) WITHOUT ROWID;
  CREATE TABLE conversations (
    account TEXT NOT NULL,
    party TEXT NOT NULL,
    last_seq INTEGER NOT NULL,
    received_seq INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    first_unread INTEGER NOT NULL,
    request_seq INTEGER NOT NULL,
    PRIMARY KEY (account, party)
  ) WITHOUT ROWID;
  CREATE TABLE inbox_position (
    id INTEGER PRIMARY KEY,      -- 1
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL
  );
  `,
  // Names and faces of people.
  `
  CREATE TABLE people (
    uin TEXT PRIMARY KEY,
    nickname TEXT NOT NULL,      -- as JSON, which keeps every character
    face INTEGER,                -- NULL: not known
    at INTEGER NOT NULL          -- when it was learnt, in milliseconds since 1970
  ) WITHOUT ROWID;
  `,
];

/** The version of the tables that this program makes. */
export const BRIDGE_DB_VERSION = BRIDGE_MIGRATIONS.length;

/** What is remembered beside accounts and tokens. */
export type SettingName =
  /** `embedded`, or the URL of the server that `serve` last logged in to. */
  | "upstream"
  /** When the first start made the administrator's token. */
  | "administrator_made_at"
  /** SHA-256 of that token, until it was shown. */
  | "administrator_unshown"
  /** When a start began to make the demo accounts; removed when all are made. */
  | "demo_begun_at"
  /** When all demo accounts were made. */
  | "demo_made_at"
  /** When `journal.db` was made: an empty one has lost its events since. */
  | "journal_made_at"
  /** The same of `qq.db`. */
  | "qq_made_at"
  /** Set while a `journal.db` that was moved away is made anew. */
  | "journal_making"
  /** Set while a `qq.db` that was moved away is made anew. */
  | "qq_making"
  /** Inode and birth time of `bridge.db`, when another file was last made. */
  | "bridge_file"
  /** Inode and birth time of `journal.db`, when it was made. */
  | "journal_file"
  /** Inode and birth time of `qq.db`, when it was made. */
  | "qq_file"
  /** The last position of `journal.db` at the last start or orderly end. */
  | "journal_head"
  /** Random bytes that go into the key of the cipher. */
  | "salt"
  /** A known text, sealed, by which a wrong key is noticed. */
  | "key_check"
  /** `2` if everything in `qq.db` is sealed for its row. */
  | "qq_sealed"
  /** While `rekey` runs: the salt and the known text of the old key; empty if there was none. */
  | "old_salt"
  | "old_key_check";

const KEY_CHECK = "tqq";

const KEY_CHECK_PLACE = {
  file: "bridge.db",
  table: "settings",
  row: "key_check",
} as const;

/** How a {@linkcode BridgeDatabase} is opened. */
export interface BridgeDatabaseOptions {
  /**
   * What password hashes are encrypted with; those that lie there in the clear
   * are encrypted when it is opened.
   *
   * @default none: they lie there in the clear
   */
  secretKey?: string | undefined;
  /** The time in milliseconds since 1970. */
  now?: () => number;
}

/** See the module. */
export class BridgeDatabase implements Disposable {
  /** The accounts that the bridge logs in. */
  readonly accounts: SqliteAccountStore;
  /** The tokens. */
  readonly tokens: SqliteTokenStore;
  /** The sessions of the console. */
  readonly sessions: SqliteSessionStore;
  /** Targets that commands set. */
  readonly targets: SqliteTargetStore;
  /** What was read and answered, and a summary of conversations. */
  readonly inbox: SqliteInboxStore;
  /** Names and faces of people. */
  readonly people: SqlitePeopleStore;
  /** The keys of the next polls, for a journal that is made anew. */
  readonly pollKeys: SqlitePollKeys;
  /** Seals secrets, for the other files of the folder; absent without a key. */
  readonly cipher: SecretCipher | undefined;
  readonly #database: DatabaseSync;

  /**
   * @param path The file, or `:memory:`.
   * @throws {ConfigError} Where the secret key is not the one of the folder.
   * @throws {RangeError} Where a later program made the file.
   */
  constructor(path: string, options: BridgeDatabaseOptions = {}) {
    const { secretKey, now = Date.now } = options;
    const database = this.#database = openDatabase(path, {
      what: "bridge.db",
      migrations: BRIDGE_MIGRATIONS,
    });
    try {
      // What is replaced or removed may be a password.
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
      // What was clear text must not stay behind in the log, not even of a start that was killed here.
      if (this.cipher !== undefined) {
        database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      }
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** What is remembered under a name. */
  get(name: SettingName): string | undefined {
    return this.#database.prepare("SELECT value FROM settings WHERE name = ?")
      .get(name)?.["value"] as string | undefined;
  }

  /** Remembers; on disk when it returns. */
  set(name: SettingName, value: string): void {
    this.#database.prepare("INSERT OR REPLACE INTO settings VALUES (?, ?)")
      .run(name, value);
  }

  /** Forgets what is remembered under a name; on disk when it returns. */
  delete(name: SettingName): void {
    this.#database.prepare("DELETE FROM settings WHERE name = ?").run(name);
  }

  /** Does several changes, or none of them; on disk when it returns. */
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

  /** Closes the file; harmless when closed. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** Closes the file. */
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
 * Looks whether a file is whole and the secret key is its own; changes nothing.
 *
 * @returns What its passwords are encrypted with, if they are.
 * @throws {ConfigError} Where the key is not its own.
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
 * The accounts of `bridge.db` or `qq.db` that have a password; changes nothing.
 *
 * @param path The file.
 * @param passwordMd5 MD5 of the password.
 * @param cipher What {@linkcode checkBridgeDatabase} gave.
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
 * Looks whether a file of SQLite is whole; changes nothing.
 *
 * @throws {Error} Where it is not.
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
    `Cannot open the data folder: ${variable} must be the key that its passwords were encrypted with, got another`,
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
