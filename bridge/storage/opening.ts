/** Opens the databases of a data folder. @module */

import { ConfigError, quote } from "../config/config_error.ts";
import { fileIdentity } from "../sqlite/file_identity.ts";
import type { BridgeDatabase } from "./bridge_database.ts";
import type { SettingName } from "./bridge_schema.ts";
import { CipherError } from "./cipher.ts";
import { type DataFolder, FILES } from "./data_folder.ts";

/** Name of a database. */
export type StoreName = "bridge" | "journal" | "qq";

/** What the user can do, and loses, if a file is damaged. */
const LOSSES: Readonly<Record<StoreName, string>> = {
  bridge: "move all of it away to begin anew",
  journal: "move this file away to go on without the events in it",
  qq:
    "move this file away to go on without the accounts and mail of the embedded server",
};

/** Settings in `bridge.db`: when the other files were created. */
const MADE: Readonly<Record<Exclude<StoreName, "bridge">, SettingName>> = {
  journal: "journal_made_at",
  qq: "qq_made_at",
};

/** Settings in `bridge.db`: that another file is being created again. */
const MAKING: Readonly<Record<Exclude<StoreName, "bridge">, SettingName>> = {
  journal: "journal_making",
  qq: "qq_making",
};

/** Settings in `bridge.db`: the identity of each file. */
const FILE_IDS: Readonly<Record<StoreName, SettingName>> = {
  bridge: "bridge_file",
  journal: "journal_file",
  qq: "qq_file",
};

/** Errors of SQLite for damaged files. */
const DAMAGED = /not a database|malformed/;

/**
 * Opens `bridge.db`, the first file that is created in a folder.
 *
 * @throws {ConfigError} If it is damaged, or lost what it held.
 */
export function openBridge<T>(
  folder: DataFolder,
  open: (path: string) => T,
): T {
  const others = [FILES.journal, FILES.qq];
  const bytes = sizeOf(folder, FILES.bridge) ?? 0;
  if (bytes === 0 && others.some((name) => (sizeOf(folder, name) ?? 0) > 0)) {
    throw damaged(folder, "bridge", "an empty file or none");
  }
  return opened(folder, "bridge", open);
}

/**
 * Opens one of the other files. One that the user moved away is created again;
 * one that is damaged or was emptied is not.
 *
 * @param database Stores when the file was created.
 * @param warn Called if the file is created again.
 * @throws {ConfigError} If it is damaged, or lost what it held.
 */
export function openStore<T>(
  folder: DataFolder,
  name: Exclude<StoreName, "bridge">,
  database: BridgeDatabase,
  open: (path: string) => T,
  warn: (warning: string) => void = () => {},
): T {
  const wasMade = database.get(MADE[name]) !== undefined;
  const wasCut = database.get(MAKING[name]) !== undefined;
  const bytes = sizeOf(folder, FILES[name]);
  if (
    wasMade && bytes === 0 && !wasCut && !wasMovedAway(folder, name, database)
  ) throw damaged(folder, name, "an empty file");
  if (wasMade && !bytes) {
    warn(`There is no ${pathOf(folder, name)} any more: it is made anew`);
    // A start that is killed before it writes the first page leaves an empty
    // file, which the next start must not mistake for one that was emptied.
    database.set(MAKING[name], new Date().toISOString());
  }
  const store = opened(folder, name, open);
  if (!wasMade || !bytes) {
    for (const one of ["bridge", name] as const) {
      const id = fileIdentity(`${folder.path}/${FILES[one]}`);
      if (id !== undefined) database.set(FILE_IDS[one], id);
    }
    database.set(MADE[name], new Date().toISOString());
  }
  if (wasCut || wasMade && !bytes) database.delete(MAKING[name]);
  return store;
}

/**
 * Whether an empty file is another one than the one that was created. Not so in
 * a copied folder, nor if the file was emptied in its place.
 */
function wasMovedAway(
  folder: DataFolder,
  name: Exclude<StoreName, "bridge">,
  database: BridgeDatabase,
): boolean {
  const isSame = (one: StoreName): boolean | undefined => {
    const made = database.get(FILE_IDS[one]);
    const found = fileIdentity(`${folder.path}/${FILES[one]}`);
    return made === undefined || found === undefined
      ? undefined
      : made === found;
  };
  return isSame("bridge") === true && isSame(name) === false;
}

function opened<T>(
  folder: DataFolder,
  name: StoreName,
  open: (path: string) => T,
): T {
  try {
    return open(folder.file(FILES[name]));
  } catch (error) {
    if (error instanceof ConfigError || error instanceof RangeError) {
      throw error;
    }
    if (error instanceof CipherError) {
      throw new ConfigError(error.message, { cause: error });
    }
    const why = messageOf(error);
    if (DAMAGED.test(why)) throw damaged(folder, name, quote(why), error);
    throw new Error(`Cannot open ${pathOf(folder, name)}`, { cause: error });
  }
}

function damaged(
  folder: DataFolder,
  name: StoreName,
  got: string,
  cause?: unknown,
): ConfigError {
  return new ConfigError(
    `Cannot open ${
      pathOf(folder, name)
    }: it must hold what was written there, got ${got}; put the folder back from a copy, or ${
      LOSSES[name]
    }`,
    { cause },
  );
}

function pathOf({ path }: DataFolder, name: StoreName): string {
  return quote(`${path}/${FILES[name]}`);
}

/** Size of a file without its log, which SQLite drops if the file is empty; undefined if there is no file. */
function sizeOf({ path }: DataFolder, name: string): number | undefined {
  try {
    return Deno.statSync(`${path}/${name}`).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The message of the innermost cause. */
function messageOf(error: unknown): string {
  let message = "";
  for (let one = error; one instanceof Error; one = one.cause) {
    message = one.message;
  }
  return message;
}
