/** Copies a data folder while it is used. @module */

import { ConfigError, quote } from "../../config/config_error.ts";
import { BACKUP_MARK, type BackupMark } from "../../journal/backup_mark.ts";
import { FILES } from "../data_folder.ts";
import { freeBytesAt } from "../../sqlite/file_identity.ts";
import {
  makeFolderDurably,
  parentOf,
  renameDurably,
  systemFiles,
  trimSlashes,
  writeDurably,
} from "../durable_files.ts";
import { DATABASES, Snapshot } from "./snapshot.ts";

/** Free space that must remain, in bytes. */
const SPARE_BYTES = 1024 * 1024;

/** Result of a backup. */
export interface BackupReport extends BackupMark {
  /** Path of the new folder. */
  readonly path: string;
  /** Size of its databases. */
  readonly bytes: number;
}

/** Options of {@linkcode backUp}. */
export interface BackupOptions {
  /** Path of the data folder that is copied. */
  readonly folder: string;
  /** Path of the copy, which must be missing or an empty folder. */
  readonly target: string;
  /** The version of the program. */
  readonly version: string;
  /**
   * Calls `snapshot.pin()` while nothing is written.
   *
   * @default calls it at once, for a folder that no program uses
   */
  readonly pin?: (snapshot: Snapshot) => void;
  /**
   * Called between two pieces of the copy.
   *
   * @default does nothing
   */
  readonly rest?: () => void;
  /**
   * Returns the free bytes of the file system that holds a path.
   *
   * @default asks the system
   */
  readonly freeBytes?: (path: string) => number;
  /** Returns the time in milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Copies a data folder to a new folder, which gets its name only when it is
 * complete and durable. Until then it is called `TARGET.partial`; the next backup
 * to the same target removes such a folder of a killed one.
 *
 * @throws {ConfigError} If the target cannot be used.
 * @throws {RangeError} If there is not enough space.
 */
export async function backUp(options: BackupOptions): Promise<BackupReport> {
  const { folder, version, now = Date.now, freeBytes = freeBytesAt } = options;
  const target = trimSlashes(options.target);
  checkTarget(folder, target);
  const partial = claim(target);
  try {
    using snapshot = new Snapshot(folder);
    if (!snapshot.names.includes(FILES.bridge)) {
      throw new ConfigError(
        `Cannot back up the data folder ${
          quote(folder)
        }: it must hold ${FILES.bridge}, got none. Start the program on it first.`,
      );
    }
    checkSpace("back up", partial.path, snapshot.bytes, freeBytes);
    (options.pin ?? ((one) => one.pin()))(snapshot);
    const at = new Date(now()).toISOString();
    const mark: BackupMark = { ...snapshot.journalEnd(), at, version };
    const { bytes } = snapshot;
    for (const name of snapshot.names) {
      await snapshot.copy(
        name,
        `${partial.path}/${name}`,
        options.rest ?? (() => {}),
      );
    }
    writeDurably(
      `${partial.path}/${BACKUP_MARK}`,
      `${JSON.stringify(mark)}\n`,
    );
    partial.keepAs(target);
    return { path: target, bytes, ...mark };
  } catch (error) {
    partial.remove();
    throw withReason(`back up to ${quote(target)}`, error);
  }
}

/** Adds what failed to an error of the system, such as a full disk. Returns other errors unchanged. */
export function withReason(what: string, error: unknown): unknown {
  if (error instanceof ConfigError || error instanceof RangeError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new RangeError(`Cannot ${what}: ${why}`, { cause: error });
}

/**
 * Throws if a file system has too little space for a copy.
 *
 * @param what The action, for the message: `back up`.
 */
export function checkSpace(
  what: string,
  path: string,
  bytes: number,
  freeBytes: (path: string) => number = freeBytesAt,
): void {
  const needed = bytes + SPARE_BYTES;
  let free: number;
  try {
    free = freeBytes(path);
  } catch (error) {
    // Deno was started without --allow-sys=statfs: a full disk fails later.
    if (error instanceof Error && error.name === "NotCapable") return;
    throw error;
  }
  if (free >= needed) return;
  throw new RangeError(
    `Cannot ${what} the data folder: the file system of ${
      quote(parentOf(path))
    } must have ${needed} bytes free, got ${free}. Make room, or name another folder.`,
  );
}

/** Throws if two folders are the same, or one is inside the other. */
export function checkApart(what: string, one: string, other: string): void {
  const [a, b] = [one, other].map((path) => `${realPathOf(path)}/`);
  if (!a!.startsWith(b!) && !b!.startsWith(a!)) return;
  throw new ConfigError(
    `Cannot ${what}: neither folder may hold the other, got ${quote(one)} and ${
      quote(other)
    }`,
  );
}

/** Removes the files of an incomplete copy; throws if there are other files. */
export function removeCopy(path: string): void {
  for (const { name } of Deno.readDirSync(path)) {
    const base = name.replace(/-(wal|shm|journal)$/, "");
    if (!OWN_NAMES.has(base)) {
      throw new ConfigError(
        `Cannot use ${
          quote(path)
        }: it must hold only what a cut-off copy leaves, got ${
          quote(name)
        }. Move it away.`,
      );
    }
  }
  for (const { name } of [...Deno.readDirSync(path)]) {
    Deno.removeSync(`${path}/${name}`);
  }
}

const OWN_NAMES: ReadonlySet<string> = new Set([
  ...DATABASES,
  BACKUP_MARK,
  "before",
]);

/**
 * Throws if a copy cannot go there.
 *
 * @param folder The data folder.
 * @param target Path of the copy.
 */
export function checkTarget(folder: string, target: string): void {
  checkApart("back up", folder, target);
  let got: string | undefined;
  try {
    if (!Deno.statSync(target).isDirectory) got = "a file";
    else if ([...Deno.readDirSync(target)].length > 0) got = "one with files";
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (got === undefined) return;
  throw new ConfigError(
    `Cannot back up to ${
      quote(target)
    }: it must be missing or an empty folder, got ${got}`,
  );
}

/** An incomplete copy, which no other backup uses. */
interface Partial {
  readonly path: string;
  /** Renames the folder to its final name. */
  keepAs(target: string): void;
  remove(): void;
}

function claim(target: string): Partial {
  const path = `${target}.partial`;
  makeFolderDurably(path);
  const lock = lockFolder(path);
  if (lock === undefined) {
    throw new RangeError(
      `Cannot back up to ${
        quote(target)
      }: one backup at a time may write it, got a second. Wait for the first.`,
    );
  }
  try {
    removeCopy(path);
    Deno.chmodSync(path, 0o700);
  } catch (error) {
    lock.close();
    throw error;
  }
  return {
    path,
    keepAs(target) {
      systemFiles.sync(path);
      renameDurably(path, target);
      lock.close();
    },
    remove() {
      try {
        removeCopy(path);
        Deno.removeSync(path);
      } catch {
        // The rest is called partial, and the next backup removes it.
      }
      lock.close();
    },
  };
}

/** Locks a folder; undefined if another process has locked it, or has just renamed it. */
function lockFolder(path: string): { close(): void } | undefined {
  // Windows cannot open folders.
  if (Deno.build.os === "windows") return { close: () => {} };
  const folder = Deno.openSync(path);
  const isOurs = folder.tryLockSync(true) && isAt(path, folder.statSync());
  if (isOurs) return folder;
  folder.close();
  return undefined;
}

function isAt(path: string, { ino, dev }: Deno.FileInfo): boolean {
  try {
    const found = Deno.statSync(path);
    return found.ino === ino && found.dev === dev;
  } catch {
    return false;
  }
}

/** The real path of the part of a path that exists. */
function realPathOf(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    const parent = parentOf(path);
    if (!(error instanceof Deno.errors.NotFound) || parent === path) {
      throw error;
    }
    return `${realPathOf(parent).replace(/\/$/, "")}/${
      trimSlashes(path).slice(trimSlashes(path).lastIndexOf("/") + 1)
    }`;
  }
}
