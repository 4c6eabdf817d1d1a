/** Opens the files of a data folder; one that is damaged or was emptied is told by its name, and never made anew in silence. @module */

import { ConfigError, quote } from "../config/config_error.ts";
import { fileIdentity } from "../sqlite/file_identity.ts";
import type { BridgeDatabase, SettingName } from "./bridge_database.ts";
import { CipherError } from "./cipher.ts";
import { type DataFolder, FILES } from "./data_folder.ts";

/** A file of a data folder. */
export type StoreName = "bridge" | "journal" | "qq";

/** What becomes of the rest when a file is moved away. */
const LOSSES: Readonly<Record<StoreName, string>> = {
  bridge: "move all of it away to begin anew",
  journal: "move this file away to go on without the events in it",
  qq:
    "move this file away to go on without the accounts and mail of the embedded server",
};

/** How `bridge.db` remembers that the others were made. */
const MADE: Readonly<Record<Exclude<StoreName, "bridge">, SettingName>> = {
  journal: "journal_made_at",
  qq: "qq_made_at",
};

/** How `bridge.db` remembers that another is made anew. */
const MAKING: Readonly<Record<Exclude<StoreName, "bridge">, SettingName>> = {
  journal: "journal_making",
  qq: "qq_making",
};

/** How `bridge.db` remembers which files they are. */
const FILE_IDS: Readonly<Record<StoreName, SettingName>> = {
  bridge: "bridge_file",
  journal: "journal_file",
  qq: "qq_file",
};

/** What SQLite says of files that are not whole. */
const DAMAGED = /not a database|malformed/;

/**
 * Opens `bridge.db`, the first file that is made in a folder.
 *
 * @throws {ConfigError} Where it is damaged, or lost what it held.
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
 * Opens one of the other files. Who has moved it away wants another.
 *
 * @param database Remembers that it was made.
 * @param warn Is told where it was made before, and is made anew.
 * @throws {ConfigError} Where it is damaged, or lost what it held.
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
    // A start that is killed before the first page is written leaves an empty
    // file: the next start must not take it for one that lost its content.
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
 * Whether an empty file is another than the one that was made. In a folder that
 * was copied, and in one whose file was emptied where it was, it is not.
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

/** The bytes of a file without its log, which SQLite drops if the file is empty; undefined if there is none. */
function sizeOf({ path }: DataFolder, name: string): number | undefined {
  try {
    return Deno.statSync(`${path}/${name}`).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The innermost cause says why. */
function messageOf(error: unknown): string {
  let message = "";
  for (let one = error; one instanceof Error; one = one.cause) {
    message = one.message;
  }
  return message;
}
