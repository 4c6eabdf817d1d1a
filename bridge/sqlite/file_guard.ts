/** Where a file is: one that was removed can be written as before, and is gone at the end. @module */

/** What SQLite calls a file that cannot be opened. */
const CANTOPEN = 14;

/** The file is not where it was opened; what is written to it would be lost. */
class MovedError extends Error {
  override name = "MovedError";
  /** As SQLite's errors have it: nothing can be written for now. */
  readonly errcode = CANTOPEN;
}

/** See the module. */
export class FileGuard {
  readonly #path: string;
  readonly #id: string | undefined;

  /** @param path A file that is there. */
  constructor(path: string) {
    this.#path = path;
    this.#id = idOf(path);
  }

  /** Throws where the file is not there any more, or is another. */
  assert(): void {
    if (this.#id === undefined || idOf(this.#path) === this.#id) return;
    throw new MovedError(
      "its file was removed or moved away: put it back, or start again",
    );
  }
}

/** Tells files apart; undefined where there is none, or the system does not tell. */
function idOf(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(path);
    return ino === null ? undefined : `${dev} ${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
