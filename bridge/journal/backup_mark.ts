/**
 * The file `backup` in a data folder: `tqq backup` writes it into the copy, and
 * `tqq restore` leaves it there. The next start finds it, gives the journal a
 * new epoch, and removes it.
 *
 * @module
 */

/** The name of the file in the data folder. */
export const BACKUP_MARK = "backup";

/** More than any mark has; what follows is not read. */
const MAX_CHARS = 4096;

/** What the file holds, as JSON. Only that it is there counts; the rest is for people. */
export interface BackupMark {
  /** The epoch of the copied journal. */
  readonly epoch: string;
  /** The last position that the copy holds. */
  readonly head: number;
  /** When the copy was made, in ISO 8601. */
  readonly at: string;
  /** The version of the program that made it. */
  readonly version: string;
}

/** The text of the mark in a data folder; undefined if the folder is no restored copy. */
export function readBackupMark(folder: string): string | undefined {
  try {
    return Deno.readTextFileSync(`${folder}/${BACKUP_MARK}`)
      .slice(0, MAX_CHARS);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Removes the mark; a power cut cannot bring it back. Harmless if there is none. */
export function removeBackupMark(folder: string): void {
  try {
    Deno.removeSync(`${folder}/${BACKUP_MARK}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  // Windows opens no folders; there the mark is removed without this.
  if (Deno.build.os === "windows") return;
  using opened = Deno.openSync(folder);
  opened.syncSync();
}
