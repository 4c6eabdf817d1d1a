/** What SQLite's errors mean to a writer. @module */

/** Primary result codes that one statement's values cause: too big, wrong type, no such parameter. */
const OF_ONE_STATEMENT: ReadonlySet<number> = new Set([18, 20, 25]);

/**
 * Whether an error means that nothing can be written: a full disk, a failing
 * one, a file that may only be read. Other errors are of one statement's values.
 */
export function isFatal(error: unknown): boolean {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  // Extended codes keep the primary one in their low byte.
  return typeof code === "number" && !OF_ONE_STATEMENT.has(code & 0xff);
}
