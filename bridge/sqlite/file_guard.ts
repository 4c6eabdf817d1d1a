/** Detects a deleted or replaced database file. @module */

/** SQLite's result code for a file that cannot be opened. */
const CANTOPEN = 14;

/** The file was deleted or replaced. */
class MovedError extends Error {
  override name = "MovedError";
  /** Classifies it like an error of SQLite: nothing can be written now. */
  readonly errcode = CANTOPEN;
}

/** Detects that the database file was deleted or replaced. SQLite would keep writing to the unlinked file. */
export class FileGuard {
  readonly #path: string;
  readonly #id: string | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#id = findIdentity(path);
  }

  /** Throws MovedError if the path names no file, or another one. */
  check(): void {
    if (this.#id === undefined || findIdentity(this.#path) === this.#id) return;
    throw new MovedError(
      "its file was removed or moved away. Put it back, or start again",
    );
  }
}

/** Identifies a file; undefined if there is none, or if the platform gives no inode. */
function findIdentity(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(path);
    return ino === null ? undefined : `${dev} ${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
