/** What the program keeps: in the data folder, or in memory. @module */

import type { Config } from "../config.ts";
import type { Journal } from "../journal/journal.ts";
import { MemoryJournal } from "../journal/memory.ts";
import { SqliteJournal } from "../journal/sqlite.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import { makeAdministrator } from "../ops/administration.ts";
import { BridgeDatabase } from "../storage/bridge_database.ts";
import { DataFolder } from "../storage/data_folder.ts";
import { openBridge, openStore } from "../storage/opening.ts";
import type { Closing } from "./closing.ts";

/** What every program keeps. */
export interface Folder {
  /** The data folder; undefined where all is kept in memory. */
  readonly folder: DataFolder | undefined;
  /** Accounts, tokens, settings. */
  readonly database: BridgeDatabase;
}

/** What the bridge keeps. */
export interface Stores extends Folder {
  /** Events. */
  readonly journal: Journal;
}

/** Opens the folder for a sub-command. Throws ConfigError where it is another's, or not fit. */
export async function openFolder(
  command: "serve" | "qq-server",
  config: Config,
  log: Log,
  closing: Closing,
): Promise<Folder> {
  const folder = config.dataFolder === undefined
    ? undefined
    : await DataFolder.openSoon(config.dataFolder, command);
  closing.add("data folder", () => folder?.close());
  for (const warning of folder?.warnings ?? []) log.warn(warning);
  const openDatabase = (path: string) =>
    new BridgeDatabase(path, { secretKey: config.secretKey });
  const database = folder === undefined
    ? openDatabase(":memory:")
    : openBridge(folder, openDatabase);
  closing.add("database", () => database.close());
  return { folder, database };
}

/** Opens all for the bridge. Throws as {@linkcode openFolder}. */
export async function openStores(
  config: Config,
  log: Log,
  closing: Closing,
  metrics: Metrics,
): Promise<Stores> {
  const opened = await openFolder("serve", config, log, closing);
  const { folder, database } = opened;
  const journal = folder === undefined
    ? new MemoryJournal({
      onError: (error) => log.error("Cannot tell of events", { error }),
      appended: (seconds) => metrics.appended(seconds),
    })
    : openStore(
      folder,
      "journal",
      database,
      (path) =>
        new SqliteJournal(path, {
          onError: (error) => log.error("Cannot tell of events", { error }),
          appended: (seconds) => metrics.appended(seconds),
          appendFailed: () => metrics.appendFailed(),
        }),
      (warning) => log.warn(warning),
    );
  closing.add("journal", () => journal.close());
  return { ...opened, journal };
}

/**
 * Makes the administrator's token where none was made yet. It is told once, so it
 * is made last: of a start that fails nobody would learn it.
 */
export function firstToken(
  { token }: Config,
  database: BridgeDatabase,
): string | undefined {
  if (token !== undefined) return undefined;
  const wasMade = database.get("administrator_made_at") !== undefined;
  const made = makeAdministrator(database.tokens, wasMade, Date.now());
  if (made !== undefined) {
    database.set("administrator_made_at", new Date().toISOString());
  }
  return made;
}
