/** Access of sub-commands to a data folder, through the program that holds it or directly. @module */

import { type Clock, sleep, systemClock } from "../../lib/clock.ts";
import { createServer } from "../../lib/server/mod.ts";
import { Consumers } from "../hub/consumers.ts";
import { ConfigError, quote } from "../config/config_error.ts";
import { TokenService } from "../access/token_service.ts";
import { type ControlApi, createControlApi } from "../ops/control_api.ts";
import { TargetService } from "../targets/target_service.ts";
import { AccountService } from "../upstream/account_service.ts";
import { connectControl, ControlUnreachableError } from "../ops/control.ts";
import { BridgeDatabase } from "../storage/bridge_database.ts";
import {
  controlPathOf,
  DataFolder,
  FolderHeldError,
} from "../storage/data_folder.ts";
import { openBridge, openStore } from "../storage/opening.ts";
import { openFolderJournal } from "./program/stores.ts";

/** Longest wait for a program that is starting or ending, in milliseconds. */
export const WAIT_TIMEOUT_MS = 10_000;

const RETRY_MS = 100;

/** Data folder of a sub-command, and how to open it. */
export interface AdministerOptions {
  /** Path of the data folder. */
  folder: string;
  /** Key that encrypts the password hashes; `undefined` if they are not encrypted. */
  secretKey: string | undefined;
  /** Sub-command, such as `account add`, that errors of other processes name as the holder. */
  command: string;
  /** Whether to create the folder if there is none. */
  makes?: boolean;
  /** Whether to open the journal. */
  needsJournal?: boolean;
  clock?: Clock;
}

/**
 * Calls a function with the control API of a data folder.
 *
 * @param act Called again if the program that holds the folder was not reached.
 * @throws {ConfigError} If the folder cannot be used, or the key is wrong.
 */
export async function administer<T>(
  options: AdministerOptions,
  act: (api: ControlApi) => Promise<T>,
): Promise<T> {
  if (!options.makes) assertExists(options.folder);
  return await reach(options, {
    directly: (folder) => actDirectly(folder, options, act),
    throughProgram: act,
  });
}

/** What to do with a data folder, for each way to reach it. */
export interface Ways<T> {
  /** Called with the locked folder, which it must close. */
  directly(folder: DataFolder): Promise<T>;
  /** Called with the control API of the program that holds the folder. */
  throughProgram(api: ControlApi): Promise<T>;
}

/** Opens a folder or reaches its holder. Tries both again if the holder was not reached. */
export async function reach<T>(
  { folder, command, clock = systemClock }: Pick<
    AdministerOptions,
    "folder" | "command" | "clock"
  >,
  ways: Ways<T>,
): Promise<T> {
  const startedAt = clock.now();
  for (;;) {
    try {
      const opened = openOrFind(folder, command, clock);
      return opened instanceof DataFolder
        ? await ways.directly(opened)
        : await ways.throughProgram(connectControl(opened));
    } catch (error) {
      const isTransient = error instanceof FolderHeldError ||
        error instanceof ControlUnreachableError;
      if (!isTransient || clock.now() - startedAt >= WAIT_TIMEOUT_MS) {
        throw error;
      }
    }
    await sleep(clock, RETRY_MS);
  }
}

/** Returns the folder, or the path of the control socket of the program that holds it. */
function openOrFind(
  folder: string,
  command: string,
  clock: Clock,
): DataFolder | string {
  try {
    return DataFolder.open(folder, command, clock);
  } catch (error) {
    const control = error instanceof FolderHeldError && error.holder?.control;
    if (control) return controlPathOf(folder, control);
    throw error;
  }
}

async function actDirectly<T>(
  opened: DataFolder,
  { secretKey, needsJournal }: AdministerOptions,
  act: (api: ControlApi) => Promise<T>,
): Promise<T> {
  using folder = opened;
  using database = openBridge(
    folder,
    (path) => new BridgeDatabase(path, { secretKey }),
  );
  assertAlone(database.get("cluster"));
  const store = database.accounts;
  const tokens = new TokenService({ store: database.tokens });
  if (needsJournal) {
    const { journal, close } = openFolderJournal(
      folder,
      database,
      {},
      () => {},
    );
    try {
      const bridge = { journal, consumers: new Consumers(journal) };
      const accounts = new AccountService({ store });
      const targets = new TargetService({ store: database.targets, journal });
      return await act(createControlApi({ accounts, tokens, targets, bridge }));
    } finally {
      await close();
    }
  }
  const targets = new TargetService({ store: database.targets });
  // A folder on which no program has run yet belongs to the embedded server.
  if ((database.get("upstream") ?? "embedded") !== "embedded") {
    const accounts = new AccountService({ store });
    return await act(createControlApi({ accounts, tokens, targets }));
  }
  using qqStore = openStore(
    folder,
    "qq",
    database,
    (path) => database.openQqStore(path),
  );
  const server = createServer({ store: qqStore });
  try {
    const accounts = new AccountService({ store, server });
    return await act(createControlApi({ accounts, tokens, targets }));
  } finally {
    await server.close();
  }
}

/** Throws a ConfigError if what the folder holds is in the log of a cluster. */
function assertAlone(cluster: string | undefined): void {
  if (cluster === undefined) return;
  throw new ConfigError(
    `Cannot change the data folder: it belongs to cluster ${cluster}, whose nodes do that while they run. Start this node first.`,
  );
}

/** Throws a ConfigError if there is no folder. */
export function assertExists(folder: string): void {
  try {
    if (Deno.statSync(folder).isDirectory) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  throw new ConfigError(
    `Cannot use the data folder ${
      quote(folder)
    }: must be there, got nothing (--data names another)`,
  );
}
