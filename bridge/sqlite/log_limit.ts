/** How long the log of the journal's file may become, by the space that is left. @module */

import type { DatabaseSync } from "node:sqlite";
import { freeBytesAt } from "./database.ts";

/** 16 MiB of log: the indexes' pages change often, and are copied once a log. */
export const MAX_LOG_PAGES = 4000;

/** 128 KiB of log, however full the disk is. */
export const MIN_LOG_PAGES = 32;

/** The part of the free space that the log may take: its pages must find room in the file too. */
const PART = 4;

/** The pages of log for a space, which counts the log itself as free. */
export function logPagesFor(freeBytes: number, pageBytes: number): number {
  const pages = Math.floor(freeBytes / PART / pageBytes);
  return Math.min(MAX_LOG_PAGES, Math.max(MIN_LOG_PAGES, pages));
}

/** Keeps the log short on a disk that is nearly full. */
export class LogLimit {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #pageBytes: number;
  #pages = MAX_LOG_PAGES;

  /** @param path The database's file. */
  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#pageBytes = database.prepare("PRAGMA page_size").get()
      ?.["page_size"] as number;
    this.update();
  }

  /** Looks how much space is left. */
  update(): void {
    let pages = MAX_LOG_PAGES;
    try {
      const logBytes = Deno.statSync(`${this.#path}-wal`).size;
      pages = logPagesFor(
        freeBytesAt(this.#path) + logBytes,
        this.#pageBytes,
      );
    } catch {
      // The system does not say, or there is no log yet.
    }
    if (pages === this.#pages) return;
    this.#pages = pages;
    this.#database.exec(`
      PRAGMA wal_autocheckpoint = ${pages};
      PRAGMA journal_size_limit = ${2 * pages * this.#pageBytes};
    `);
  }

  /** Copies the log into the file, as far as there is room, and gives its space back. */
  truncate(): void {
    try {
      this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // The disk is still full: the next try may find room.
    }
    this.update();
  }
}
