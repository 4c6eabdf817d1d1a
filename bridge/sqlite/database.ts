/** Opens and migrates SQLite files. @module */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { isFatal } from "./errors.ts";
import { FileGuard } from "./file_guard.ts";
import { fileBytes, fileIdentity } from "./file_identity.ts";
import { LogLimit } from "./log_limit.ts";
import type {
  Migration,
  SqlDatabase,
  SqlFile,
  SqlStatement,
} from "./sql_database.ts";

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
   * Each brings the file from version `index` to `index + 1`, in its own
   * transaction. What a published one does never changes.
   */
  readonly migrations: readonly Migration[];
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

/** Path of a database without a file. */
const MEMORY = ":memory:";

/**
 * Opens a connection that is durable at each commit, and creates or migrates
 * the tables.
 *
 * @param path The file, or `:memory:`.
 * @throws {RangeError} If SQLite is too old, or a later program wrote the file.
 * @throws {Error} If the file cannot be opened, or is not a database.
 */
export function openConnection(
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

/**
 * Opens a database like {@linkcode openConnection}, and watches its file: a
 * commit fails if the file was moved, and the log is short if the disk is
 * nearly full.
 */
export function openDatabase(
  path: string,
  options: DatabaseOptions,
): FileDatabase {
  return new FileDatabase(path, openConnection(path, options));
}

/** A database in a file, or in memory. */
export class FileDatabase implements SqlDatabase {
  readonly valueBytes = Infinity;
  readonly file: SqlFile | undefined;
  readonly isFatal = isFatal;
  readonly #connection: DatabaseSync;
  // Prepared, because errors of exec() have no code in Deno 2.9.
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #guard: FileGuard | undefined;

  /** @param path The file, or `:memory:`, whose changes nobody can watch. */
  constructor(path: string, connection: DatabaseSync) {
    this.#connection = connection;
    this.#begin = connection.prepare("BEGIN IMMEDIATE");
    this.#commit = connection.prepare("COMMIT");
    if (path === MEMORY) return;
    this.#guard = new FileGuard(path);
    this.file = watchedFile(path, new LogLimit(connection, path));
  }

  prepare(sql: string): SqlStatement {
    return this.#connection.prepare(sql);
  }

  /** Runs SQL without parameters, also several statements. */
  exec(sql: string): void {
    this.#connection.exec(sql);
  }

  transaction<T>(act: () => T): T {
    try {
      this.#begin.run();
      const result = act();
      this.#guard?.check();
      this.#commit.run();
      return result;
    } catch (error) {
      // SQLite has already rolled back if the disk is full.
      if (this.#connection.isTransaction) this.#connection.exec("ROLLBACK");
      throw error;
    }
  }

  /** Copies the log into the file, and closes the connection. */
  close(): void {
    try {
      this.#connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // Everything is durable in the log, which the next start copies.
    }
    this.#connection.close();
  }
}

function watchedFile(path: string, logLimit: LogLimit): SqlFile {
  return {
    get identity() {
      return fileIdentity(path);
    },
    get logBytes() {
      return fileBytes(`${path}-wal`);
    },
    updateLogLimit: () => logLimit.update(),
    truncateLog: () => logLimit.truncate(),
  };
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
  for (let version = from; version < migrations.length; version++) {
    const migration = migrations[version]!;
    // The close rolls a failed migration back.
    database.exec("BEGIN IMMEDIATE");
    if (typeof migration === "string") database.exec(migration);
    else migration(database);
    database.exec(`PRAGMA user_version = ${version + 1}; COMMIT;`);
  }
}

function valueOf(database: DatabaseSync, sql: string): unknown {
  return Object.values(database.prepare(sql).get()!)[0];
}
