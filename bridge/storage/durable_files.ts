/** Folders whose names survive a power cut. @module */

/** The operations on folders that this project needs; tests pass a fake. */
export interface FolderFiles {
  /** Makes a folder. Throws `Deno.errors.AlreadyExists` if something has its name. */
  mkdir(path: string, mode: number): void;
  /** Renames a file or a folder. */
  rename(from: string, to: string): void;
  /** Writes the names in a folder to the disk. */
  sync(folder: string): void;
}

/** The operations of the system. */
export const systemFiles: FolderFiles = {
  mkdir: (path, mode) => Deno.mkdirSync(path, { mode }),
  rename: (from, to) => Deno.renameSync(from, to),
  sync: (folder) => {
    // Windows opens no folders.
    if (Deno.build.os === "windows") return;
    try {
      using opened = Deno.openSync(folder);
      opened.syncSync();
    } catch {
      // Some file systems cannot sync a folder, and a parent may be unreadable.
      // SQLite ignores that too.
    }
  },
};

/** The folder that holds a path. */
export function parentOf(path: string): string {
  const trimmed = trimSlashes(path);
  const end = trimmed.lastIndexOf("/");
  return end < 0 ? "." : end === 0 ? "/" : trimmed.slice(0, end);
}

/** A path without slashes at its end. */
export function trimSlashes(path: string): string {
  return path.replace(/(?<=[^/])\/+$/, "");
}

/**
 * Makes a folder of mode 0700 and the parents that are missing. The name of each
 * is on the disk when this returns.
 *
 * @returns False if the path was there already.
 */
export function makeFolderDurably(
  path: string,
  files: FolderFiles = systemFiles,
): boolean {
  const made = makeWithParents(trimSlashes(path), 0o700, files);
  // Also if it was there: the program that made it may have been killed before this.
  files.sync(parentOf(path));
  return made;
}

/** Renames a file or a folder; the new name is on the disk when this returns. */
export function renameDurably(
  from: string,
  to: string,
  files: FolderFiles = systemFiles,
): void {
  files.rename(from, to);
  files.sync(parentOf(to));
  if (parentOf(from) !== parentOf(to)) files.sync(parentOf(from));
}

/** Writes a small file of mode 0600; its content is on the disk when this returns. */
export function writeDurably(path: string, text: string): void {
  using file = Deno.openSync(path, {
    write: true,
    create: true,
    truncate: true,
    mode: 0o600,
  });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    at += file.writeSync(bytes.subarray(at));
  }
  file.syncSync();
}

function makeWithParents(
  path: string,
  mode: number,
  files: FolderFiles,
): boolean {
  try {
    files.mkdir(path, mode);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    const parent = parentOf(path);
    if (!(error instanceof Deno.errors.NotFound) || parent === path) {
      throw error;
    }
    if (makeWithParents(parent, 0o777, files)) files.sync(parentOf(parent));
    return makeWithParents(path, mode, files);
  }
}
