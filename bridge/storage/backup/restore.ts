/** Replaces a data folder by a copy. @module */

import { DatabaseSync } from "node:sqlite";
import { ConfigError, quote } from "../../config/config_error.ts";
import { BACKUP_MARK, type BackupMark } from "../../journal/backup_mark.ts";
import { MIGRATIONS as JOURNAL_MIGRATIONS } from "../../journal/sqlite/migrations.ts";
import { checkApart, checkSpace, removeCopy, withReason } from "./backup.ts";
import {
  accountsWithPassword,
  checkBridgeDatabase,
  checkDatabase,
} from "../bridge_database.ts";
import { BRIDGE_DB_VERSION } from "../bridge_schema.ts";
import { CipherError } from "../cipher.ts";
import { DataFolder, FILES, holderOf } from "../data_folder.ts";
import {
  type FolderFiles,
  makeFolderDurably,
  parentOf,
  renameDurably,
  systemFiles,
  trimSlashes,
  writeDurably,
} from "../durable_files.ts";
import { QQ_DB_VERSION } from "../qq_schema.ts";
import { BEFORE, dataIn, finishRestore, STEPS } from "./restore_moves.ts";
import { DATABASES, journalEndOf } from "./snapshot.ts";

/** The newest version of each database that this program opens. */
export const VERSIONS: Readonly<Record<string, number>> = {
  [FILES.bridge]: BRIDGE_DB_VERSION,
  [FILES.journal]: JOURNAL_MIGRATIONS.length,
  [FILES.qq]: QQ_DB_VERSION,
};

/** Result of a restore. */
export interface RestoreReport extends BackupMark {
  /** Path of the data folder. */
  readonly path: string;
  /** Path of the old files; undefined if there were none. */
  readonly before?: string;
}

/** Options of {@linkcode restoreFolder}. */
export interface RestoreOptions {
  /** The copy: a backup, or a data folder that was copied while it was not used. */
  readonly source: string;
  /** Path of the data folder. */
  readonly folder: string;
  /** Whether files in the data folder are moved away; otherwise they make the restore fail. */
  readonly replace: boolean;
  /** The key of the copy's password hashes. */
  readonly secretKey: string | undefined;
  /** The version of the program. */
  readonly version: string;
  /**
   * Returns the free bytes of the file system that holds a path.
   *
   * @default asks the system
   */
  readonly freeBytes?: (path: string) => number;
  /** Returns the time in milliseconds since 1970. */
  readonly now?: () => number;
  /** Moves and renames folders; tests pass a fake. */
  readonly files?: FolderFiles;
}

/**
 * Replaces a data folder by a copy. The copy is checked before the data folder
 * changes, and is not changed itself. After a kill the data folder holds the old
 * files or, after its next use, the new ones.
 *
 * @throws {ConfigError} If one of the folders cannot be used, or the key is wrong.
 * @throws {RangeError} If a file of the copy is of a later version, or if there is
 * not enough space.
 */
export function restoreFolder(options: RestoreOptions): RestoreReport {
  const source = trimSlashes(options.source);
  const path = trimSlashes(options.folder);
  const names = checkSource(source);
  checkApart("restore", source, path);
  const wasThere = isThere(path);
  const folder = DataFolder.open(path, "restore");
  let isDone = false;
  try {
    const report = restoreInto(options, source, path, names);
    isDone = true;
    return report;
  } finally {
    folder.close();
    if (!isDone && !wasThere) removeMade(path);
  }
}

function restoreInto(
  options: RestoreOptions,
  source: string,
  path: string,
  names: readonly string[],
): RestoreReport {
  const { replace, secretKey, version, freeBytes } = options;
  const { now = Date.now, files = systemFiles } = options;
  const old = dataIn(path);
  if (old.length > 0 && !replace) {
    throw new ConfigError(
      `Cannot restore to ${
        quote(path)
      }: the data folder must be empty unless --replace is given, got one with files`,
    );
  }
  checkSpace("restore", path, bytesOf(source, names), freeBytes);
  const draft = `${path}/${STEPS.partial}`;
  if (!makeFolderDurably(draft)) removeCopy(draft);
  const instant = new Date(now()).toISOString();
  try {
    for (const name of names) {
      Deno.copyFileSync(`${source}/${name}`, `${draft}/${name}`);
      Deno.chmodSync(`${draft}/${name}`, 0o600);
    }
    const end = checkCopy(source, draft, secretKey);
    const mark = readMark(source) ?? { ...end, at: instant, version };
    writeDurably(`${draft}/${BACKUP_MARK}`, `${JSON.stringify(mark)}\n`);
    const before = old.length > 0
      ? makeBefore(path, draft, instant)
      : undefined;
    for (const name of DATABASES) syncFile(`${draft}/${name}`);
    files.sync(draft);
    renameDurably(draft, `${path}/${STEPS.whole}`, files);
    finishRestore(path, files);
    return { path, ...mark, ...(before === undefined ? {} : { before }) };
  } catch (error) {
    if (isThere(draft)) Deno.removeSync(draft, { recursive: true });
    throw withReason(`restore to ${quote(path)}`, error);
  }
}

/** The database files of a copy, with their logs. */
function checkSource(source: string): string[] {
  const refuse = (got: string) =>
    new ConfigError(
      `Cannot restore ${
        quote(source)
      }: it must be a folder that tqq backup made, or a data folder that was copied while no program used it, got ${got}`,
    );
  let names: string[];
  try {
    names = [...Deno.readDirSync(source)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw refuse("nothing");
    if (error instanceof Deno.errors.NotADirectory) throw refuse("a file");
    throw error;
  }
  if (!names.includes(FILES.bridge)) throw refuse(`no ${FILES.bridge}`);
  if (holderOf(source) !== undefined) throw refuse("one that is used");
  return names.filter((name) => DATABASES.includes(name.replace(/-wal$/, "")));
}

/** Checks that the files in the draft are undamaged, of a known version and encrypted with the key. */
function checkCopy(
  source: string,
  draft: string,
  secretKey: string | undefined,
): { epoch: string; head: number } {
  let end = { epoch: "", head: 0 };
  for (const name of DATABASES) {
    const file = `${draft}/${name}`;
    if (!isThere(file)) continue;
    try {
      const version = settle(file);
      if (version > VERSIONS[name]!) throw tooNew(source, name, version);
      checkDatabase(file);
      if (name === FILES.journal) end = readEnd(file);
    } catch (error) {
      if (error instanceof NewerError) throw error;
      throw notWhole(source, name, error);
    }
    // Files that SQLite created although it only read.
    for (const log of ["-wal", "-shm"]) remove(`${file}${log}`);
  }
  checkComplete(source, draft);
  const cipher = checkBridgeDatabase(`${draft}/${FILES.bridge}`, secretKey);
  try {
    for (const name of [FILES.bridge, FILES.qq]) {
      if (cipher !== undefined && isThere(`${draft}/${name}`)) {
        accountsWithPassword(`${draft}/${name}`, "", cipher);
      }
    }
  } catch (error) {
    if (!(error instanceof CipherError)) throw error;
    throw notWhole(source, "a password", error);
  }
  for (const name of DATABASES) {
    for (const log of ["-wal", "-shm"]) remove(`${draft}/${name}${log}`);
  }
  return end;
}

/** Copies the log of a file into it; returns its version. */
function settle(file: string): number {
  using database = new DatabaseSync(file);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const { user_version } = database.prepare("PRAGMA user_version").get() as {
    user_version: number;
  };
  return user_version;
}

function readEnd(file: string): { epoch: string; head: number } {
  using database = new DatabaseSync(file, { readOnly: true });
  return journalEndOf(database);
}

/** Throws if a file is missing that the copied folder had, because a start would create it again. */
function checkComplete(source: string, draft: string): void {
  const settings = new Map<string, string>();
  {
    using database = new DatabaseSync(`${draft}/${FILES.bridge}`, {
      readOnly: true,
    });
    const hasTable = database.prepare(
      "SELECT 1 FROM sqlite_master WHERE name = 'settings'",
    ).get() !== undefined;
    if (!hasTable) throw notWhole(source, FILES.bridge, "an empty file");
    for (
      const row of database.prepare("SELECT name, value FROM settings").all()
    ) settings.set(String(row["name"]), String(row["value"]));
  }
  for (
    const [setting, name] of [
      ["journal_made_at", FILES.journal],
      ["qq_made_at", FILES.qq],
    ] as const
  ) {
    const size = isThere(`${draft}/${name}`)
      ? Deno.statSync(`${draft}/${name}`).size
      : 0;
    if (settings.has(setting) && size === 0) {
      throw notWhole(source, name, "an empty file or none");
    }
  }
}

class NewerError extends RangeError {}

function tooNew(source: string, name: string, version: number): NewerError {
  return new NewerError(
    `Cannot restore ${
      quote(`${source}/${name}`)
    }: its version must be at most ${
      VERSIONS[name]
    }, got ${version}. Use the program that made it, or a later one.`,
  );
}

function notWhole(source: string, name: string, why: unknown): ConfigError {
  const got = why instanceof Error ? quote(why.message) : String(why);
  return new ConfigError(
    `Cannot restore ${
      quote(`${source}/${name}`)
    }: it must be whole, got ${got}. Use another copy.`,
    { cause: why },
  );
}

function readMark(source: string): BackupMark | undefined {
  try {
    const { epoch, head, at, version } = JSON.parse(
      Deno.readTextFileSync(`${source}/${BACKUP_MARK}`),
    );
    return typeof epoch === "string" && Number.isSafeInteger(head) &&
        typeof at === "string" && typeof version === "string"
      ? { epoch, head, at, version }
      : undefined;
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound || error instanceof SyntaxError
    ) return undefined;
    throw error;
  }
}

/** Creates the folder for the old files, and writes its name into the draft. */
function makeBefore(path: string, draft: string, instant: string): string {
  const before = `${path}.before-restore-${instant.replaceAll(":", "-")}`;
  if (!makeFolderDurably(before)) {
    throw new ConfigError(
      `Cannot restore to ${quote(path)}: the old files need a new folder, got ${
        quote(before)
      }, which is there`,
    );
  }
  if (Deno.statSync(before).dev !== Deno.statSync(path).dev) {
    Deno.removeSync(before);
    throw new ConfigError(
      `Cannot restore to ${
        quote(path)
      }: its parent must be on the same file system, because the old files are moved there. Empty the folder yourself.`,
    );
  }
  const real = Deno.realPathSync(path);
  if (parentOf(real) !== Deno.realPathSync(parentOf(path))) {
    Deno.removeSync(before);
    throw new ConfigError(
      `Cannot restore to ${
        quote(path)
      }: it must not be a link while it holds files. Name ${quote(real)}.`,
    );
  }
  writeDurably(
    `${draft}/${BEFORE}`,
    before.slice(before.lastIndexOf("/") + 1),
  );
  return before;
}

function bytesOf(source: string, names: readonly string[]): number {
  return names.reduce(
    (bytes, name) => bytes + Deno.statSync(`${source}/${name}`).size,
    0,
  );
}

function syncFile(path: string): void {
  if (!isThere(path)) return;
  using file = Deno.openSync(path, { read: true, write: true });
  file.syncSync();
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function remove(path: string): void {
  if (isThere(path)) Deno.removeSync(path);
}

/** Removes the folder that this restore created, if it is empty. */
function removeMade(path: string): void {
  try {
    remove(`${path}/${FILES.lock}`);
    remove(`${path}/${FILES.bridge}`);
    Deno.removeSync(path);
  } catch {
    // An empty folder is harmless.
  }
}
