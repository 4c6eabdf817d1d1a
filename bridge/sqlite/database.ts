/** Opens and migrates SQLite files. @module */

import { statfsSync } from "node:fs";
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

/** Oldest accepted SQLite. In older ones, a checkpoint beside a writer could corrupt a WAL database. */
export const OLDEST_SQLITE = "3.51.3";

/**
 * How long a statement waits for another process's lock before it fails, in
 * milliseconds. It blocks the event loop.
 */
export const BUSY_TIMEOUT_MS = 100;

export interface DatabaseOptions {
  /** Name of the database for messages, such as `the journal`. */
  readonly what: string;
  /**
   * SQL that brings the file from version `index` to `index + 1`. A published
   * one never changes. Each runs in its own transaction, and may call
   * `sha256(text)`.
   */
  readonly migrations: readonly string[];
  /**
   * Maximum size of the page cache.
   *
   * @default {2048000}
   */
  readonly cacheBytes?: number;
  /**
   * Length of the log, in pages, at which a commit copies it into the file. A
   * longer log needs fewer copies of a page that changes often.
   *
   * @default {1000}
   */
  readonly checkpointPages?: number;
}

/**
 * Opens a database that is durable at each commit, and creates or migrates its
 * tables.
 *
 * @param path The file, or `:memory:`.
 * @throws {RangeError} If SQLite is too old, or a later program wrote the file.
 * @throws {Error} If the file cannot be opened, or is not a database.
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
 * Checks the version of SQLite.
 *
 * @param version The result of `sqlite_version()`.
 * @throws {RangeError} If it is older than {@linkcode OLDEST_SQLITE}.
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

/** Bytes that an unprivileged user can still write to the file system of a path. */
export function freeBytesAt(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function prepare(database: DatabaseSync, options: DatabaseOptions): void {
  const { what, migrations, cacheBytes = 2_048_000, checkpointPages = 1000 } =
    options;
  assertSqlite(valueOf(database, "SELECT sqlite_version()") as string);
  // Limits the size that the log keeps after a burst.
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
  database.function(
    "sha256",
    (text) => createHash("sha256").update(String(text)).digest("hex"),
  );
  for (let version = from; version < migrations.length; version++) {
    // The close rolls a failed migration back.
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
