/** Checks who owns a data folder, and that nothing in it leads elsewhere. @module */

import { ConfigError, quote } from "../config/config_error.ts";

/** Endings of the files that SQLite keeps beside a database. */
const SQLITE_SUFFIXES = ["-wal", "-shm", "-journal"];

/** What is wrong with a folder or an entry, and what to do. */
export interface FolderFault {
  readonly path: string;
  readonly rule: string;
  readonly got: string;
  readonly action: string;
}

/** The error of a fault; exit code 2. */
export function toConfigError(
  folder: string,
  { path, rule, got, action }: FolderFault,
): ConfigError {
  return new ConfigError(
    `Cannot use the data folder ${quote(folder)}: ${
      quote(path)
    } must be ${rule}, got ${got}. ${action}`,
  );
}

/**
 * Finds out whether a folder belongs to another user. Its path may contain
 * links.
 *
 * @returns the fault; undefined if the folder is this user's, or the system has no owners
 */
export function findForeignOwner(folder: string): FolderFault | undefined {
  const { uid } = Deno.statSync(folder);
  if (uid === null || uid === ownUid(folder)) return undefined;
  return {
    path: folder,
    rule: "owned by the user that runs tqq",
    got: `a folder of user ${uid}`,
    action: "Run tqq as that user, or name another folder with --data.",
  };
}

/**
 * Finds an entry of a folder that is a link, no file, or another user's.
 *
 * @param names Names of the files that are opened, without those of SQLite.
 * @param sockets Names that may also be sockets.
 */
export function findForeignEntry(
  folder: string,
  names: readonly string[],
  sockets: readonly string[],
): FolderFault | undefined {
  const { uid } = Deno.statSync(folder);
  const all = names.flatMap((name) =>
    name.endsWith(".db")
      ? [name, ...SQLITE_SUFFIXES.map((suffix) => `${name}${suffix}`)]
      : [name]
  );
  for (const name of all) {
    const fault = findFault(`${folder}/${name}`, uid, sockets.includes(name));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function findFault(
  path: string,
  uid: number | null,
  canBeSocket: boolean,
): FolderFault | undefined {
  const info = lstat(path);
  if (info === undefined) return undefined;
  const kind = info.isFile || canBeSocket && info.isSocket === true
    ? undefined
    : info.isSymlink
    ? "a link"
    : info.isDirectory
    ? "a folder"
    : "no file";
  const rule = "a file of the user that runs tqq, and no link";
  if (kind !== undefined) {
    return { path, rule, got: kind, action: "Move it away." };
  }
  if (info.uid === uid) return undefined;
  return {
    path,
    rule,
    got: `one of user ${info.uid}`,
    action: `Find out who made it, then give it back: chown ${uid} ${path}`,
  };
}

function lstat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The user whose files this process makes. Found with a file, because asking the system needs a permission. */
function ownUid(folder: string): number | null {
  const path = Deno.makeTempFileSync({ dir: folder, prefix: ".owner-" });
  try {
    return Deno.statSync(path).uid;
  } finally {
    Deno.removeSync(path);
  }
}
