/** The file of a journal: its database, its log, and whether it is still in its place. @module */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openDatabase } from "../../sqlite/database.ts";
import { FileGuard } from "../../sqlite/file_guard.ts";
import { fileBytes, fileIdentity } from "../../sqlite/file_identity.ts";
import { LogLimit, MAX_LOG_PAGES } from "../../sqlite/log_limit.ts";
import { MIGRATIONS } from "./migrations.ts";

/** Size of the page cache: both indexes' leaves of a few thousand accounts. */
const CACHE_BYTES = 16 * 1024 * 1024;

/** Path of a database without a file. */
const MEMORY = ":memory:";

/** Opens the journal's file, and creates or migrates its tables. */
export function openJournal(path: string): DatabaseSync {
  return openDatabase(path, {
    what: "the journal",
    migrations: MIGRATIONS,
    cacheBytes: CACHE_BYTES,
    checkpointPages: MAX_LOG_PAGES,
  });
}

/** A journal's database with what concerns its file. Without a file there is nothing to watch. */
export class JournalFile {
  readonly database: DatabaseSync;
  // Prepared, because errors of exec() have no code in Deno 2.9.
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #path: string | undefined;
  readonly #guard: FileGuard | undefined;
  readonly #logLimit: LogLimit | undefined;

  /** @param file A path, `:memory:`, or the result of {@linkcode openJournal}, whose file is not watched. */
  constructor(file: string | DatabaseSync) {
    this.database = typeof file === "string" ? openJournal(file) : file;
    this.#begin = this.database.prepare("BEGIN IMMEDIATE");
    this.#commit = this.database.prepare("COMMIT");
    if (typeof file !== "string" || file === MEMORY) return;
    this.#path = file;
    this.#guard = new FileGuard(file);
    this.#logLimit = new LogLimit(this.database, file);
  }

  /** Identifies the file, so that a copy is recognised; undefined without a file. */
  get identity(): string | undefined {
    return this.#path === undefined ? undefined : fileIdentity(this.#path);
  }

  /** Bytes of SQLite's log. */
  get logBytes(): number {
    return this.#path === undefined ? 0 : fileBytes(`${this.#path}-wal`);
  }

  /** Adjusts the log's limit to the free space. */
  updateLogLimit(): void {
    this.#logLimit?.update();
  }

  /** Shortens the log, which may use the space that is missing. */
  truncateLog(): void {
    this.#logLimit?.truncate();
  }

  /** Runs an act in a transaction, which is rolled back if it throws or if the file was moved. */
  transaction<T>(act: () => T): T {
    try {
      this.#begin.run();
      const result = act();
      this.#guard?.check();
      this.#commit.run();
      return result;
    } catch (error) {
      // SQLite has already rolled back if the disk is full.
      if (this.database.isTransaction) this.database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Copies the log into the file, and closes the database. */
  close(): void {
    try {
      this.database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // Everything is durable in the log, which the next start copies.
    }
    this.database.close();
  }
}
