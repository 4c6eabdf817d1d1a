/**
 * Opens SQLite files the way that all stores of the bridge want them: durable
 * at every commit, of a version that this program knows.
 *
 * @module
 */

import { statfsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** The oldest SQLite that is good: before it, a WAL database could be corrupted by a checkpoint beside a writer. */
export const OLDEST_SQLITE = "3.51.3";

/**
 * How long a statement waits for a lock of another process, in milliseconds; then
 * it fails. The event loop is blocked for so long.
 */
export const BUSY_TIMEOUT_MS = 100;

/** What is opened. */
export interface DatabaseOptions {
  /** What it is, for messages: `the journal`. */
  readonly what: string;
  /**
   * SQL that brings the file from version `index` to `index + 1`; none is ever
   * changed once it was published. Each runs in a transaction of its own.
   */
  readonly migrations: readonly string[];
  /**
   * Most bytes of pages kept in memory.
   *
   * @default {2048000}
   */
  readonly cacheBytes?: number;
  /**
   * After so many pages of log, a commit copies them into the file. More of them
   * make a longer log and fewer copies of a page that changes often.
   *
   * @default {1000}
   */
  readonly checkpointPages?: number;
}

/**
 * Opens a database, and makes or migrates its tables.
 *
 * @param path The file, or `:memory:`.
 * @throws {RangeError} Where SQLite is too old, or the file is of a later program.
 * @throws {Error} Where the file cannot be opened, or is no database.
 */
export function openDatabase(
  path: string,
  options: DatabaseOptions,
): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    prepare(database, options);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof RangeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot open ${options.what}: ${why}, got ${path}`, {
      cause: error,
    });
  }
}

/**
 * Throws where the SQLite that is built in is too old.
 *
 * @param version As `sqlite_version()` gives it.
 */
export function assertSqlite(version: string): void {
  const [oldest, got] = [OLDEST_SQLITE, version]
    .map((text) => text.split(".").map(Number));
  const behind = oldest!
    .map((part, index) => (got![index] ?? 0) - part)
    .find((difference) => difference !== 0) ?? 0;
  if (behind >= 0) return;
  throw new RangeError(
    `Cannot open a database: SQLite must be at least ${OLDEST_SQLITE}, got ${version}`,
  );
}

/** The bytes that an ordinary user can still write to the file system of a path. */
export function freeBytesAt(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function prepare(database: DatabaseSync, options: DatabaseOptions): void {
  const { what, migrations, cacheBytes = 2_048_000, checkpointPages = 1000 } =
    options;
  assertSqlite(valueOf(database, "SELECT sqlite_version()") as string);
  // A log that grew in a burst is cut back once it was copied.
  const pageBytes = valueOf(database, "PRAGMA page_size") as number;
  database.exec(`
    PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA cache_size = -${Math.ceil(cacheBytes / 1024)};
    PRAGMA wal_autocheckpoint = ${checkpointPages};
    PRAGMA journal_size_limit = ${2 * checkpointPages * pageBytes};
  `);
  const from = valueOf(database, "PRAGMA user_version") as number;
  if (from > migrations.length) {
    throw new RangeError(
      `Cannot open ${what}: its version must be at most ${migrations.length}, got ${from}: a later program made it`,
    );
  }
  for (let version = from; version < migrations.length; version++) {
    // A migration that fails is rolled back when the database is closed.
    database.exec(
      `BEGIN IMMEDIATE; ${migrations[version]}; PRAGMA user_version = ${
        version + 1
      }; COMMIT;`,
    );
  }
}

function valueOf(database: DatabaseSync, sql: string): unknown {
  return Object.values(database.prepare(sql).get()!)[0];
}
