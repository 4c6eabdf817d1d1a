/** The file of a replica. @module */

import type { FileDatabase } from "../../sqlite/database.ts";
import { openJournal } from "../../journal/sqlite/journal_file.ts";

/**
 * Opens a replica's file without a sync at each commit: the log is the durable
 * copy, and what a power cut removes here is applied again.
 *
 * @param path The file, or `:memory:`.
 */
export function openReplicaFile(path: string): FileDatabase {
  const database = openJournal(path);
  database.exec("PRAGMA synchronous = NORMAL");
  return database;
}
