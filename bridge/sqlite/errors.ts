/** Classifies the errors of SQLite. @module */

/** Primary result codes caused by the values of one statement: too big, wrong type, no such parameter. */
const OF_ONE_STATEMENT: ReadonlySet<number> = new Set([18, 20, 25]);

/**
 * Primary result codes of a write that can succeed later: busy, I/O error (as
 * at a file size limit), full disk.
 */
const OF_THE_DISK: ReadonlySet<number> = new Set([5, 10, 13]);

/** Messages of the same errors: those of `exec` have no code in Deno 2.9. */
export const RETRY_WRITE_MS = 10_000;

/** Whether an error, or one of its causes, is a write that the disk refused and that can succeed later. */
const DISK_MESSAGE =
  /database or disk is full|disk I\/O error|database is locked/;

/**
 * Whether an error means that nothing can be written: a full, failing or
 * read-only disk. Other errors concern the values of one statement.
 */
export function isDiskError(error: unknown): boolean {
  for (let one = error, depth = 0; depth < 4; depth++) {
    const { cause, code, errcode, message = "" } = (one ?? {}) as {
      cause?: unknown;
      code?: unknown;
      errcode?: unknown;
      message?: string;
    };
    if (typeof errcode === "number" && OF_THE_DISK.has(errcode & 0xff)) {
      return true;
    }
    const isBare = code === "ERR_SQLITE_ERROR" && errcode === undefined;
    if (isBare && DISK_MESSAGE.test(message)) return true;
    one = cause;
  }
  return false;
}

/** // The low byte of an extended code is the primary one. */
export function isFatal(error: unknown): boolean {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  // Extended codes keep the primary one in their low byte.
  return typeof code === "number" && !OF_ONE_STATEMENT.has(code & 0xff);
}
