/** What a journal rejects with that works, or would: nothing of what was asked was stored. @module */

import type { JournalLimits } from "./limits.ts";

/** A limit of the journal is reached; it works. */
export class JournalLimitError extends RangeError {
  override readonly name = "JournalLimitError";
  /** Which limit. */
  readonly limit: keyof JournalLimits | "keys";

  constructor(limit: JournalLimitError["limit"], message: string) {
    super(message);
    this.limit = limit;
  }
}

/** Nothing can be written for now: a full disk, a failing one. */
export class JournalWriteError extends Error {
  override readonly name = "JournalWriteError";

  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot write the journal: ${why}`, { cause });
  }
}
