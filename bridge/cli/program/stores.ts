/** What the program keeps: in the data folder, or in memory. @module */

import type { Config } from "../../config/config.ts";
import { readBackupMark, removeBackupMark } from "../../journal/backup_mark.ts";
import { nextPollKeyOf } from "../../upstream/poll_key.ts";
import type { Journal } from "../../journal/journal.ts";
import { MemoryJournal } from "../../journal/memory.ts";
import { freshPosition, positionBeyond } from "../../journal/positions.ts";
import {
  SqliteJournal,
  type SqliteJournalOptions,
} from "../../journal/sqlite/sqlite_journal.ts";
import type { Log } from "../../ops/log.ts";
import type { Metrics } from "../../ops/metrics.ts";
import { BridgeDatabase } from "../../storage/bridge_database.ts";
import { DataFolder } from "../../storage/data_folder.ts";
import { openBridge, openStore } from "../../storage/opening.ts";
import { createAdministrator } from "../../access/token_service.ts";
import { addToken, hashToken } from "../../access/token_store.ts";
import type { Shutdown } from "./shutdown.ts";

/** What every program keeps. */
export interface Folder {
  /** The data folder; undefined where all is kept in memory. */
  readonly folder: DataFolder | undefined;
  /** The path of the control endpoint's socket; undefined where there is no folder. */
  readonly controlPath: string | undefined;
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
  closing: Shutdown,
): Promise<Folder> {
  const folder = config.dataFolder === undefined
    ? undefined
    : await DataFolder.openSoon(config.dataFolder, command);
  closing.add("data folder", () => folder?.close());
  // Before anything is made there: it may be too long.
  const controlPath = folder?.controlPath;
  for (const warning of folder?.warnings ?? []) log.warn(warning);
  const openDatabase = (path: string) =>
    new BridgeDatabase(path, { secretKey: config.secretKey });
  const database = folder === undefined
    ? openDatabase(":memory:")
    : openBridge(folder, openDatabase);
  closing.add("database", () => database.close());
  return { folder, database, controlPath };
}

/** Opens all for the bridge. Throws as {@linkcode openFolder}. */
export async function openStores(
  config: Config,
  log: Log,
  closing: Shutdown,
  metrics: Metrics,
): Promise<Stores> {
  const opened = await openFolder("serve", config, log, closing);
  const { folder, database } = opened;
  const onError = (error: unknown) =>
    log.error("Cannot tell of events", { error });
  const appended = (seconds: number) => metrics.appended(seconds);
  if (folder === undefined) {
    const journal = new MemoryJournal({
      after: freshPosition(Date.now()),
      onError,
      onAppend: appended,
    });
    closing.add("journal", () => journal.close());
    return { ...opened, journal };
  }
  const { journal, close } = openFolderJournal(folder, database, {
    onRestored: ({ formerEpoch, last }) =>
      log.warn(
        "data folder was restored from a copy: the journal has a new epoch",
        { formerEpoch, seq: last },
      ),
    onError,
    onAppend: appended,
    onAppendError: () => metrics.appendFailed(),
  }, (warning) => log.warn(warning));
  closing.add("journal", close);
  return { ...opened, journal };
}

/** Opens the journal of a folder, or makes it. `close` closes it. */
export function openFolderJournal(
  folder: DataFolder,
  database: BridgeDatabase,
  options: SqliteJournalOptions,
  warn: (warning: string) => void,
): { journal: SqliteJournal; close(): Promise<void> } {
  const after = startOf(database);
  const journal = openStore(
    folder,
    "journal",
    database,
    (path) =>
      new SqliteJournal(path, {
        ...options,
        after,
        knownHead: Number(database.get("journal_head") ?? 0),
        backupMark: readBackupMark(folder.path),
      }),
    warn,
  );
  // The journal has taken note of it.
  removeBackupMark(folder.path);
  const remember = () => database.set("journal_head", String(journal.head));
  remember();
  return {
    journal,
    close: async () => {
      const keys = database.accounts.list().flatMap(({ uin }) => {
        const key = nextPollKeyOf(journal, uin);
        return key === undefined ? [] : [[uin, key] as const];
      });
      await journal.close();
      remember();
      database.pollKeys.putAll(keys);
    },
  };
}

/** The position behind which a journal starts if it must be made: 0 for the first of a folder. */
function startOf(database: BridgeDatabase): number {
  if (database.get("journal_made_at") !== undefined) {
    // Stays, if a start that makes the journal anew is cut.
    database.set("journal_head", database.get("journal_head") ?? "0");
  }
  const head = database.get("journal_head");
  return head === undefined ? 0 : positionBeyond(Number(head), Date.now());
}

/**
 * Makes the administrator's token at the first start. It is shown only once, so
 * it is made last: nobody would learn that of a start that fails. One that was
 * not shown, because the start was killed or writes JSON, is made again by the
 * next start that shows it.
 *
 * @returns The token, for {@linkcode tokenShown} when it was shown.
 */
export function firstToken(
  { token, logFormat }: Pick<Config, "token" | "logFormat">,
  database: BridgeDatabase,
): string | undefined {
  if (token !== undefined) return undefined;
  const { tokens } = database;
  const now = Date.now();
  return database.transaction(() => {
    const unshown = database.get("administrator_unshown");
    // A person may have revoked it, and made another of this name.
    const record = unshown === undefined ? undefined : tokens.find(unshown);
    const wasMade = database.get("administrator_made_at") !== undefined;
    let made: string | undefined;
    if (record === undefined || record.revokedAt !== undefined) {
      made = createAdministrator(tokens, wasMade, now);
    } else if (logFormat !== "json") {
      tokens.revoke(record.name, now);
      made = addToken(tokens, { name: record.name }, now);
    }
    if (made !== undefined) {
      database.set("administrator_made_at", new Date(now).toISOString());
      database.set("administrator_unshown", hashToken(made));
    }
    return made;
  });
}

/** Remembers that a token of {@linkcode firstToken} was shown. */
export function tokenShown(database: BridgeDatabase): void {
  database.delete("administrator_unshown");
}
