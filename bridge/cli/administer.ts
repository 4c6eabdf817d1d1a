/** How sub-commands come to a data folder: through the program that runs on it, else directly. @module */

import { type Clock, sleep, systemClock } from "../../lib/clock.ts";
import { createServer } from "../../lib/server/mod.ts";
import { Consumers } from "../hub/consumers.ts";
import { ConfigError, quote } from "../config/config_error.ts";
import { TokenService } from "../access/token_service.ts";
import { type ControlApi, createControlApi } from "../ops/control_api.ts";
import { AccountService } from "../upstream/account_service.ts";
import { connectControl, ControlUnreachableError } from "../ops/control.ts";
import { BridgeDatabase } from "../storage/bridge_database.ts";
import {
  controlPathOf,
  DataFolder,
  FolderHeldError,
} from "../storage/data_folder.ts";
import { openBridge, openStore } from "../storage/opening.ts";
import { SqliteQqStore } from "../storage/qq_store.ts";
import { openFolderJournal } from "./program/stores.ts";

/** How long a program that starts or ends is waited for. */
export const WAIT_TIMEOUT_MS = 10_000;

const RETRY_MS = 100;

/** Where to go, and how. */
export interface AdministerOptions {
  /** The data folder. */
  folder: string;
  /** What its password hashes are encrypted with. */
  secretKey: string | undefined;
  /** The sub-command, for who comes second: `account add`. */
  command: string;
  /** Whether the folder is made where there is none. */
  makes?: boolean;
  /** Whether the journal is needed. */
  needsJournal?: boolean;
  /** Time. */
  clock?: Clock;
}

/**
 * Does something with a data folder.
 *
 * @param options Where.
 * @param act What; done again from the start where the running program was not reached.
 * @throws {ConfigError} Where the folder is not fit, or the key is wrong.
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

/** The two ways to work on a data folder. */
export interface Ways<T> {
  /** The folder is locked; it has to be closed. */
  directly(folder: DataFolder): Promise<T>;
  /** A program runs on it. */
  throughProgram(api: ControlApi): Promise<T>;
}

/** Takes one of two ways; again from the start if the running program was not reached. */
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

/** The folder itself, or where the program on it takes orders. */
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
      return await act(createControlApi({ accounts, tokens, bridge }));
    } finally {
      await close();
    }
  }
  // A folder on which no program has run yet belongs to the embedded server.
  if ((database.get("upstream") ?? "embedded") !== "embedded") {
    const accounts = new AccountService({ store });
    return await act(createControlApi({ accounts, tokens }));
  }
  const { cipher } = database;
  using qqStore = openStore(
    folder,
    "qq",
    database,
    (path) => new SqliteQqStore(path, cipher === undefined ? {} : { cipher }),
  );
  const server = createServer({ store: qqStore });
  try {
    const accounts = new AccountService({ store, server });
    return await act(createControlApi({ accounts, tokens }));
  } finally {
    await server.close();
  }
}

/** Throws if there is no folder. */
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
