/** Limits the journal's log by the free disk space. @module */

import { freeBytesAt } from "./file_identity.ts";
import type { SqlSource } from "./sql_database.ts";

/** A connection whose settings can be changed. */
interface Adjustable extends SqlSource {
  exec(sql: string): void;
}

/** 16 MiB. A long log is copied less often, and the pages of indexes change often. */
export const MAX_LOG_PAGES = 4000;

/** 128 KiB, however full the disk is. */
export const MIN_LOG_PAGES = 32;

/**
 * The log may use one part in so many of the free space, because its pages are
 * later copied into the file.
 */
const FREE_SPACE_PARTS = 4;

/**
 * Maximum number of log pages.
 *
 * @param freeBytes Free space, including what the log uses now.
 */
export function logPagesFor(freeBytes: number, pageBytes: number): number {
  const pages = Math.floor(freeBytes / FREE_SPACE_PARTS / pageBytes);
  return Math.min(MAX_LOG_PAGES, Math.max(MIN_LOG_PAGES, pages));
}

/** Keeps the log short on a disk that is nearly full. */
export class LogLimit {
  readonly #database: Adjustable;
  readonly #path: string;
  readonly #pageBytes: number;
  #pages = MAX_LOG_PAGES;

  constructor(database: Adjustable, path: string) {
    this.#database = database;
    this.#path = path;
    this.#pageBytes = database.prepare("PRAGMA page_size").get()
      ?.["page_size"] as number;
    this.update();
  }

  /** Adjusts the limit to the free space. */
  update(): void {
    let pages = MAX_LOG_PAGES;
    try {
      const logBytes = Deno.statSync(`${this.#path}-wal`).size;
      pages = logPagesFor(
        freeBytesAt(this.#path) + logBytes,
        this.#pageBytes,
      );
    } catch {
      // The platform reports no free space, or there is no log yet.
    }
    if (pages === this.#pages) return;
    this.#pages = pages;
    this.#database.exec(`
      PRAGMA wal_autocheckpoint = ${pages};
      PRAGMA journal_size_limit = ${2 * pages * this.#pageBytes};
    `);
  }

  /** Copies the log into the file, as far as space allows, and truncates it. */
  truncate(): void {
    try {
      this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // The disk is still full: a later call may find space.
    }
    this.update();
  }
}
