/** The tables of the embedded server's store, by numbered migrations. @module */

import type { DatabaseSync } from "node:sqlite";
import { BUSY_TIMEOUT_MS } from "../sqlite/database.ts";

/** Oldest accepted SQLite. An older one can corrupt a WAL database that several connections use. */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** Each brings `user_version` from its index to the next. A published one never changes. */
export const QQ_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE accounts (
    uin TEXT PRIMARY KEY,
    nickname TEXT NOT NULL,      -- as JSON, which keeps every character
    policy TEXT NOT NULL,
    profile TEXT NOT NULL,       -- as JSON
    password TEXT,
    sealed INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE TABLE friends (
    uin TEXT NOT NULL,
    friend TEXT NOT NULL,
    PRIMARY KEY (uin, friend)
  ) WITHOUT ROWID;
  CREATE INDEX friends_watchers ON friends (friend, uin);
  CREATE TABLE requests (
    target TEXT NOT NULL,
    asker TEXT NOT NULL,
    PRIMARY KEY (target, asker)
  ) WITHOUT ROWID;
  CREATE INDEX requests_asker ON requests (asker);
  CREATE TABLE mail (
    uin TEXT NOT NULL,
    id INTEGER NOT NULL,
    item TEXT NOT NULL,          -- as JSON
    PRIMARY KEY (uin, id)
  ) WITHOUT ROWID;
  CREATE TABLE marks (
    uin TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    through INTEGER NOT NULL
  ) WITHOUT ROWID;
  -- In order of time, so that the newest share their pages and the oldest go together.
  CREATE TABLE kept_answers (
    id INTEGER PRIMARY KEY,
    uin TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    due_at INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX kept_answers_key ON kept_answers (uin, key);
  `,
  `
  CREATE TABLE followed_keys (
    uin TEXT PRIMARY KEY,
    keys TEXT NOT NULL           -- as JSON: few, oldest first, and written together
  ) WITHOUT ROWID;
  `,
];

/** The version of the tables that this program creates. */
export const QQ_DB_VERSION = QQ_MIGRATIONS.length;

/** Throws if a version of SQLite is too old. */
export function checkSqlite(version: string): void {
  const parts = version.split(".").map(Number);
  const behind = OLDEST_SQLITE
    .map((oldest, index) => (parts[index] ?? 0) - oldest)
    .find((difference) => difference !== 0) ?? 0;
  if (behind >= 0) return;
  throw new RangeError(
    `Cannot open a store: SQLite must be at least ${
      OLDEST_SQLITE.join(".")
    }, got ${version}`,
  );
}

/** Makes a database durable at each commit, and migrates its tables. */
export function prepareDatabase(database: DatabaseSync): void {
  const { version } = database.prepare("SELECT sqlite_version() AS version")
    .get() as { version: string };
  checkSqlite(version);
  database.exec(`
    PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = FAST;
  `);
  const { user_version: from } = database.prepare("PRAGMA user_version")
    .get() as { user_version: number };
  if (from > QQ_MIGRATIONS.length) {
    throw new RangeError(
      `Cannot open a store: its version must be at most ${QQ_MIGRATIONS.length}, got ${from}: a later program made it`,
    );
  }
  for (let version = from; version < QQ_MIGRATIONS.length; version++) {
    database.exec(
      `BEGIN IMMEDIATE; ${QQ_MIGRATIONS[version]} PRAGMA user_version = ${
        version + 1
      }; COMMIT;`,
    );
  }
}
