/** The file of a journal. @module */

import { type FileDatabase, openDatabase } from "../../sqlite/database.ts";
import { MAX_LOG_PAGES } from "../../sqlite/log_limit.ts";
import { MIGRATIONS } from "./migrations.ts";

/** Size of the page cache: both indexes' leaves of a few thousand accounts. */
const CACHE_BYTES = 16 * 1024 * 1024;

/**
 * Opens the journal's file, and creates or migrates its tables.
 *
 * @param path The file, or `:memory:`.
 */
export function openJournal(path: string): FileDatabase {
  return openDatabase(path, {
    what: "the journal",
    migrations: MIGRATIONS,
    cacheBytes: CACHE_BYTES,
    checkpointPages: MAX_LOG_PAGES,
  });
}
