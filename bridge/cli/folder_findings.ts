/** What `doctor` finds out about a data folder: one advice for each cause. @module */

import { DatabaseSync } from "node:sqlite";
import { ConfigError } from "../config/config.ts";
import { readBackupMark } from "../journal/backup_mark.ts";
import { describeError } from "../ops/log.ts";
import { freeBytesAt } from "../sqlite/file_identity.ts";
import { fileIdentity } from "../sqlite/file_identity.ts";
import { VERSIONS } from "../storage/backup/restore.ts";
import {
  accountsWithPassword,
  checkBridgeDatabase,
  checkDatabase,
  MissingKeyError,
  WrongKeyError,
} from "../storage/bridge_database.ts";
import { CipherError } from "../storage/cipher.ts";
import { ENTRIES, FILES, holderOf, looseMode } from "../storage/data_folder.ts";
import {
  findForeignEntry,
  findForeignOwner,
  type FolderFault,
} from "../storage/folder_checks.ts";

/** What a check found. */
export interface Finding {
  /** `skipped` if it could not be checked, or need not be. */
  readonly outcome: "ok" | "wrong" | "skipped";
  readonly about: string;
  readonly found: string;
  /** What the user can do. */
  readonly action?: string;
}

/** Less free space than this is wrong, in bytes: the logs of SQLite need it. */
export const MIN_FREE_BYTES = 128 * 1024 * 1024;

/** How far the clock may be behind the newest event, in milliseconds. */
const CLOCK_TOLERANCE_MS = 60_000;

/** No machine of today has an earlier time. */
const EARLIEST_TIME = Date.UTC(2026, 0, 1);

/** A finding that needs nothing. */
export function ok(about: string, found: string): Finding {
  return { outcome: "ok", about, found };
}

/** A finding that keeps the program from starting, or from working well. */
export function wrong(about: string, found: string, action: string): Finding {
  return { outcome: "wrong", about, found, action };
}

/** The process that holds a folder; undefined if none does, or that cannot be found out. */
export function holderIn(folder: string): ReturnType<typeof holderOf> {
  try {
    return holderOf(folder);
  } catch {
    return undefined;
  }
}

/** Checks a data folder and, unless a program runs on it, the files in it. */
export function checkFolder(
  folder: string,
  secretKey: string | undefined,
): Finding[] {
  const about = `data folder ${folder}`;
  try {
    if (!Deno.statSync(folder).isDirectory) {
      return [wrong(about, "is a file", "Name a folder with --data")];
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return [ok(about, "is not there yet; the first start makes it")];
    }
    return [
      wrong(about, describeError(error), "Name another folder with --data"),
    ];
  }
  const loose = looseMode(folder);
  const findings = [
    loose === undefined
      ? ok(about, "private")
      : wrong(about, loose, `Close it: chmod 700 ${folder}`),
    checkWritable(about, folder),
    ...checkFreeSpace(folder, freeBytesAt),
  ];
  const fault = findFault(folder);
  if (fault !== undefined) {
    return [
      ...findings,
      wrong(
        fault.path,
        `must be ${fault.rule}, got ${fault.got}`,
        fault.action.replace(/\.$/, ""),
      ),
    ];
  }
  const holder = holderIn(folder);
  if (holder !== undefined) {
    const who = holder === "unknown"
      ? "another process"
      : `"${holder.command}", process ${holder.pid}, since ${holder.since}`;
    return [...findings, ok(about, `used by ${who}`), {
      outcome: "skipped",
      about: "databases",
      found: "they are in use",
    }];
  }
  return [
    ...findings,
    ...checkFiles(folder, secretKey),
    ...checkRestored(folder),
  ];
}

function findFault(folder: string): FolderFault | undefined {
  try {
    return findForeignOwner(folder) ??
      findForeignEntry(folder, ENTRIES, [FILES.control]);
  } catch {
    // It cannot be written, which is another finding.
    return undefined;
  }
}

function checkWritable(about: string, folder: string): Finding {
  try {
    const file = Deno.makeTempFileSync({ dir: folder, prefix: "doctor-" });
    Deno.removeSync(file);
    return ok(about, "can be written");
  } catch (error) {
    return wrong(
      about,
      `cannot be written (${describeError(error)})`,
      "Make room, or give it to the user that runs tqq",
    );
  }
}

/** Checks the free space; nothing is found if Deno does not permit to ask for it. */
export function checkFreeSpace(
  folder: string,
  freeBytes: (path: string) => number,
): Finding[] {
  const about = "free space";
  let free: number;
  try {
    free = freeBytes(folder);
  } catch {
    return [];
  }
  const found = `${Math.floor(free / 1024 / 1024)} MiB`;
  return [
    free >= MIN_FREE_BYTES ? ok(about, found) : wrong(
      about,
      found,
      "Make room, lower --retain-bytes, or name a larger disk with --data",
    ),
  ];
}

function checkFiles(
  folder: string,
  secretKey: string | undefined,
): Finding[] {
  const findings: Finding[] = [];
  let cipher: ReturnType<typeof checkBridgeDatabase>;
  for (const name of [FILES.bridge, FILES.journal, FILES.qq]) {
    const path = `${folder}/${name}`;
    try {
      const loose = looseMode(path);
      if (loose !== undefined) {
        findings.push(wrong(name, loose, `Close it: chmod 600 ${path}`));
      }
      const version = versionOf(path);
      if (version > VERSIONS[name]!) {
        findings.push(wrong(
          name,
          `a later program made it (version ${version} of its tables, this one knows ${
            VERSIONS[name]
          })`,
          "Run that version of tqq, or restore a backup of this one",
        ));
        continue;
      }
      if (name === FILES.bridge) cipher = checkBridgeDatabase(path, secretKey);
      else checkDatabase(path);
      // Opens every hash, so that one in a wrong row is found.
      if (name !== FILES.journal) accountsWithPassword(path, "", cipher);
      findings.push(ok(name, "whole"));
      if (name === FILES.journal) findings.push(...checkCopies(path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      findings.push(wrong(
        name,
        (error instanceof ConfigError || error instanceof CipherError
          ? error.message
          : describeError(error)).replace(/\.$/, ""),
        adviceFor(error, path),
      ));
    }
  }
  return findings;
}

/** What to do about an error of a file, by its cause. */
function adviceFor(error: unknown, path: string): string {
  if (error instanceof MissingKeyError) {
    return "Set TQQ_SECRET_KEY or TQQ_SECRET_KEY_FILE to the key of this folder";
  }
  if (error instanceof WrongKeyError) {
    return "Set the key that this folder was encrypted with; tqq rekey changes it";
  }
  if (error instanceof CipherError) {
    return "A start with this file ends with exit code 2";
  }
  // The message of another setting's error says what to do.
  if (error instanceof ConfigError) return "Do that, then run doctor again";
  return `The file is damaged: put the folder back from a backup, or move ${path} away`;
}

function versionOf(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare("PRAGMA user_version")
      .get()!["user_version"] as number;
  } finally {
    database.close();
  }
}

/** Whether the next start begins a new epoch, because the folder is a copy. */
function checkRestored(folder: string): Finding[] {
  const isMarked = readBackupMark(folder) !== undefined;
  if (!isMarked && !isHandCopy(`${folder}/${FILES.journal}`)) return [];
  return [{
    outcome: "ok",
    about: "restored folder",
    found: "the next start begins a new epoch",
    action:
      "Nothing to do: clients that resume receive one gap, then all new events",
  }];
}

function isHandCopy(journal: string): boolean {
  const identity = fileIdentity(journal);
  if (identity === undefined) return false;
  try {
    const database = new DatabaseSync(journal, { readOnly: true });
    try {
      const known = database.prepare(
        "SELECT value FROM meta WHERE name = 'file'",
      ).get()?.["value"];
      return known !== undefined && known !== identity;
    } finally {
      database.close();
    }
  } catch {
    // It is damaged, which is another finding.
    return false;
  }
}

/**
 * Whether a start would notice that the journal is a copy made by hand.
 *
 * @param identityOf Only tests give another.
 */
export function checkCopies(
  path: string,
  identityOf: (path: string) => string | undefined = fileIdentity,
): Finding[] {
  if (identityOf(path) !== undefined) return [];
  return [{
    outcome: "skipped",
    about: "restored copies",
    found:
      "the file system gives no birth times, so only copies that tqq backup made are recognised",
    action: "Copy and put back the data folder with tqq backup and tqq restore",
  }];
}

/** Checks the clock against the newest event of the folder. */
export function checkClock(folder: string | undefined, now: number): Finding {
  const about = "clock";
  const action =
    "Set the clock, and let the system keep it: timedatectl set-ntp true";
  const shown = new Date(now).toISOString();
  if (now < EARLIEST_TIME) return wrong(about, `is at ${shown}`, action);
  const newest = folder === undefined ? undefined : newestEventIn(folder);
  if (newest === undefined || now >= newest - CLOCK_TOLERANCE_MS) {
    return ok(about, shown);
  }
  const behindS = Math.ceil((newest - now) / 1000);
  return wrong(about, `is ${behindS} s behind the newest event`, action);
}

function newestEventIn(folder: string): number | undefined {
  try {
    const database = new DatabaseSync(`${folder}/${FILES.journal}`, {
      readOnly: true,
    });
    try {
      return database.prepare("SELECT at FROM events ORDER BY seq DESC LIMIT 1")
        .get()?.["at"] as number | undefined;
    } finally {
      database.close();
    }
  } catch {
    // There is none, or it is damaged, which is another finding.
    return undefined;
  }
}
