/** What SQLite's errors mean to a writer. @module */

/** Primary result codes that one statement's values cause: too big, wrong type, no such parameter. */
const OF_ONE_STATEMENT: ReadonlySet<number> = new Set([18, 20, 25]);

/** Primary result codes of a write that can succeed later: busy, I/O error (as at a file size limit), full disk. */
const OF_THE_DISK: ReadonlySet<number> = new Set([5, 10, 13]);

/** Wait before a client repeats a write that the disk refused, in milliseconds. */
export const RETRY_WRITE_MS = 10_000;

/** Their messages: errors of `exec` carry no code in Deno 2.9. */
const DISK_MESSAGE =
  /database or disk is full|disk I\/O error|database is locked/;

/** Whether an error, or what caused it, is a write that the disk refused for now. */
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

/**
 * Whether an error means that nothing can be written: a full disk, a failing
 * one, a file that may only be read. Other errors are of one statement's values.
 */
export function isFatal(error: unknown): boolean {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  // Extended codes keep the primary one in their low byte.
  return typeof code === "number" && !OF_ONE_STATEMENT.has(code & 0xff);
}
