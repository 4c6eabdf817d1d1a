/** The file that marks a data folder as a restored backup. @module */

/**
 * Name of the file in the data folder. `tqq backup` writes it into the copy.
 * The next start finds it, gives the journal a new epoch, and removes it.
 */
export const BACKUP_MARK = "backup";

/** Larger than any mark; the rest is not read. */
const MAX_CHARS = 4096;

/** Content of the file, as JSON. Only its presence matters to the program; the rest is for people. */
export interface BackupMark {
  /** Epoch of the copied journal. */
  readonly epoch: string;
  /** Position of the last event in the copy. */
  readonly head: number;
  /** When the copy was made, in ISO 8601. */
  readonly at: string;
  /** Version of the program that made it. */
  readonly version: string;
}

/** Text of the mark; undefined if the folder is not a restored copy. */
export function readBackupMark(folder: string): string | undefined {
  try {
    return Deno.readTextFileSync(`${folder}/${BACKUP_MARK}`)
      .slice(0, MAX_CHARS);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Removes the mark durably. Does nothing if there is none. */
export function removeBackupMark(folder: string): void {
  try {
    Deno.removeSync(`${folder}/${BACKUP_MARK}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  // Windows cannot open folders, and removes the mark without a sync.
  if (Deno.build.os === "windows") return;
  using opened = Deno.openSync(folder);
  opened.syncSync();
}
