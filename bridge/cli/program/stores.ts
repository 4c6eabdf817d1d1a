/** The stores of a program, in the data folder or in memory. @module */

import { type Config, ConfigError } from "../../config/config.ts";
import type { TokenStore } from "../../access/token_store.ts";
import type { ClusterNode } from "../../cluster/cluster_program.ts";
import type { AccountStore } from "../../upstream/account_store.ts";
import { openCluster } from "./cluster.ts";
import { readBackupMark, removeBackupMark } from "../../journal/backup_mark.ts";
import { openJournal } from "../../journal/sqlite/journal_file.ts";
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
import { TokenTree } from "../../access/token_tree.ts";
import type { Shutdown } from "./shutdown.ts";

/** Data folder and database of a program. */
export interface Folder {
  /** Undefined if everything is kept in memory. */
  readonly folder: DataFolder | undefined;
  /** Path of the control socket; undefined if there is no folder. */
  readonly controlPath: string | undefined;
  /** Database of accounts, tokens and settings. */
  readonly database: BridgeDatabase;
}

/** Data folder, database and journal of a bridge. */
export interface Stores extends Folder {
  readonly journal: Journal;
  readonly accounts: AccountStore;
  readonly tokens: TokenStore;
  /** The node of a cluster; undefined without one. */
  readonly cluster: ClusterNode | undefined;
}

/**
 * Opens the data folder for a sub-command.
 *
 * @throws {ConfigError} If another program holds the folder, or it cannot be used.
 */
export async function openFolder(
  command: "serve" | "qq-server",
  config: Config,
  log: Log,
  closing: Shutdown,
): Promise<Folder> {
  for (const { setting, path, mode } of config.openSecrets) {
    log.warn("secret file is readable by all users", {
      value: setting,
      reason: `mode ${mode}`,
      action: `Close it: chmod 600 ${path}`,
    });
  }
  const folder = config.dataFolder === undefined
    ? undefined
    : await DataFolder.openSoon(config.dataFolder, command);
  closing.add("data folder", () => folder?.close());
  // Read before anything is created, because it throws if the path is too long.
  const controlPath = folder?.controlPath;
  for (const warning of folder?.warnings ?? []) log.warn(warning);
  const openDatabase = (path: string) =>
    new BridgeDatabase(path, { secretKey: config.secretKey });
  const database = folder === undefined
    ? openDatabase(":memory:")
    : openBridge(folder, openDatabase);
  closing.add("database", () => database.close());
  const rekeyedAt = database.get("rekeyed_at");
  if (rekeyedAt !== undefined) {
    log.info("data folder rekeyed", {
      audit: true,
      actor: "local",
      subject: rekeyedAt,
    });
    database.delete("rekeyed_at");
  }
  return { folder, database, controlPath };
}

/**
 * Minimum mean time from the begin of a transaction of the journal to that of
 * the next, in milliseconds. Each one waits for the disk, and everything else
 * waits with it: two events in one transaction take 0.6 of the CPU time of two
 * transactions.
 */
const COMMIT_GAP_MS = 2;

/** Opens data folder, database and journal. Throws like {@linkcode openFolder}. */
export async function openStores(
  config: Config,
  log: Log,
  closing: Shutdown,
  metrics: Metrics,
): Promise<Stores> {
  const opened = await openFolder("serve", config, log, closing);
  const { folder, database } = opened;
  if (config.cluster !== undefined) {
    const cluster = await openCluster({
      config: config.cluster,
      secretKey: config.secretKey!,
      folder: folder!,
      database,
      log,
      metrics,
      closing,
    });
    const { journal, accounts, tokens } = cluster;
    return { ...opened, journal, accounts, tokens, cluster };
  }
  const known = database.get("cluster");
  if (known !== undefined) {
    throw new ConfigError(
      `Cannot use the data folder: it belongs to cluster ${known}, so --cluster must be set. \`tqq cluster leave\` makes it the folder of a single bridge.`,
    );
  }
  const { accounts, tokens } = database;
  const own = { accounts, tokens, cluster: undefined };
  const onError = (error: unknown) =>
    log.error("cannot notify readers of events", { error });
  const appended = (seconds: number) => metrics.appended(seconds);
  if (folder === undefined) {
    const journal = new MemoryJournal({
      limits: { owners: new TokenTree(database.tokens) },
      after: freshPosition(Date.now()),
      onError,
      onAppend: appended,
    });
    closing.add("journal", () => journal.close());
    return { ...opened, ...own, journal };
  }
  const { journal, close } = openFolderJournal(folder, database, {
    onRestored: ({ formerEpoch, last }) => {
      log.info("data folder restored", {
        audit: true,
        actor: "local",
        subject: formerEpoch,
      });
      log.warn(
        "data folder was restored from a copy: the journal has a new epoch",
        { formerEpoch, seq: last },
      );
    },
    onError,
    onAppend: appended,
    onAppendError: () => metrics.appendFailed(),
  }, (warning) => log.warn(warning));
  closing.add("journal", close);
  return { ...opened, ...own, journal };
}

/** Opens or creates the journal of a folder. */
export function openFolderJournal(
  folder: DataFolder,
  database: BridgeDatabase,
  options: SqliteJournalOptions,
  warn: (warning: string) => void,
): { journal: SqliteJournal; close(): Promise<void> } {
  const backupMark = readBackupMark(folder.path);
  const after = startOf(database);
  const journal = openStore(
    folder,
    "journal",
    database,
    (path) =>
      new SqliteJournal(openJournal(path), {
        commitGapMs: COMMIT_GAP_MS,
        ...options,
        limits: { owners: new TokenTree(database.tokens), ...options.limits },
        after,
        knownHead: Number(database.get("journal_head") ?? 0),
        backupMark,
      }),
    warn,
  );
  if (backupMark !== undefined) {
    // They may have been ended since the copy was made.
    const { sessions } = database;
    sessions.remove(sessions.list().map(({ hash }) => hash));
  }
  // Removed only now, because the journal has stored it.
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

/** Position after which a new journal starts: 0 for the first journal of a folder. */
function startOf(database: BridgeDatabase): number {
  if (database.get("journal_made_at") !== undefined) {
    // Stays if a start that creates the journal again is interrupted.
    database.set("journal_head", database.get("journal_head") ?? "0");
  }
  const head = database.get("journal_head");
  return head === undefined ? 0 : positionBeyond(Number(head), Date.now());
}
