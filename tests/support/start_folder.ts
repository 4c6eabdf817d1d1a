import { openJournal } from "../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../bridge/journal/sqlite/sqlite_journal.ts";
import { BridgeDatabase } from "../../bridge/storage/bridge_database.ts";
import { DataFolder } from "../../bridge/storage/data_folder.ts";
import { openBridge, openStore } from "../../bridge/storage/opening.ts";
import { SqliteQqStore } from "../../bridge/storage/qq_store.ts";

/** What a start says. */
export interface StartReport {
  warnings: string[];
  epoch: string;
}

/** Opens all files of a data folder as a start does, and closes them. */
export function startFolder(path: string): StartReport {
  const warnings: string[] = [];
  const warn = (warning: string) => warnings.push(warning);
  using folder = DataFolder.open(path, "serve");
  using database = openBridge(folder, (file) => new BridgeDatabase(file));
  const journal = openStore(
    folder,
    "journal",
    database,
    (file) => new SqliteJournal(openJournal(file)),
    warn,
  );
  const { epoch } = journal;
  journal.close();
  openStore(folder, "qq", database, (file) => new SqliteQqStore(file), warn)
    .close();
  return { warnings, epoch };
}
