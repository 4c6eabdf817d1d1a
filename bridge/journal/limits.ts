/** What bounds the journal, and what happens there. @module */

/** Most rows in a transaction; of more, the rest waits for the next turn. A batch is never cut. */
export const GROUP_ROWS = 100;

/** Most rows that wait to be written; what comes on top rejects. */
export const WAITING_ROWS = 100_000;

/** Most rows that `read` looks at in a call; `upTo` tells how far it came. */
export const SCANNED_ROWS = 2000;

/** Up to so many accounts are read by the index; of more, rows are looked through. */
export const INDEXED_ACCOUNTS = 64;

/** Most rows that `trim` drops in a call; `more` tells that there are others. */
export const TRIMMED_ROWS = 500;

/** How long a keyed command is remembered, in milliseconds. */
export const KEY_LIFE_MS = 24 * 60 * 60_000;

/** Most keyed commands remembered for an account (one a second, all day); one more rejects. */
export const KEYS_PER_ACCOUNT = 100_000;

/** Most consumers whose position is kept; one more rejects. */
export const CONSUMERS = 10_000;

/** Most of them of one owner, which is a token; one more rejects. */
export const CONSUMERS_OF_OWNER = 1000;

/** Bytes that an event counts for besides its data: its columns, its places in the indexes. */
export const EVENT_BYTES = 64;

/** About what a keyed command takes. */
export const KEYED_BYTES = 215;

/** Most events that a journal in memory keeps; of more, the oldest are dropped. */
export const MEMORY_EVENTS = 100_000;

/** Most keyed commands that a journal in memory remembers in all; one more rejects. */
export const MEMORY_KEYS = 200_000;

/** Limits that a journal can be made with. */
export interface JournalLimits {
  /**
   * Most keyed commands of an account.
   *
   * @default {100000}
   */
  readonly keysPerAccount?: number;
  /**
   * Most consumers.
   *
   * @default {10000}
   */
  readonly consumers?: number;
  /**
   * Most consumers of one owner.
   *
   * @default {1000}
   */
  readonly consumersOfOwner?: number;
  /**
   * Most rows that wait to be written; a journal in memory lets none wait.
   *
   * @default {100000}
   */
  readonly waitingRows?: number;
}

/** The limits of a journal, with those that were not named. */
export function limitsOf(limits: JournalLimits = {}): Required<JournalLimits> {
  return {
    keysPerAccount: KEYS_PER_ACCOUNT,
    consumers: CONSUMERS,
    consumersOfOwner: CONSUMERS_OF_OWNER,
    waitingRows: WAITING_ROWS,
    ...limits,
  };
}

/** Too many keyed commands of an account. */
export function tooManyKeys(account: string, most: number): JournalLimitError {
  return new JournalLimitError(
    "keysPerAccount",
    `Cannot begin a keyed command: at most ${most} are remembered for an account, got one more for ${account}`,
  );
}

/** Too many keyed commands of all accounts. */
export function tooManyKeysInAll(most: number): JournalLimitError {
  return new JournalLimitError(
    "keys",
    `Cannot begin a keyed command: at most ${most} are remembered in memory, got one more`,
  );
}

/** Too many consumers. */
export function tooManyConsumers(most: number): JournalLimitError {
  return new JournalLimitError(
    "consumers",
    `Cannot keep a consumer's position: at most ${most} consumers are kept, got one more`,
  );
}

/** Too many consumers of one owner. */
export function tooManyOfOwner(most: number): JournalLimitError {
  return new JournalLimitError(
    "consumersOfOwner",
    `Cannot keep a consumer's position: at most ${most} consumers of a token are kept, got one more`,
  );
}

/** Too much that waits. */
export function tooManyWaiting(most: number, rows: number): JournalLimitError {
  return new JournalLimitError(
    "waitingRows",
    `Cannot append to the journal: at most ${most} rows may wait, got ${rows} more`,
  );
}

/** Throws where a limit of reading would never give anything. */
export function checkLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit > 0) return;
  throw new RangeError(
    `Cannot read the journal: limit must be a whole number from 1 on, got ${limit}`,
  );
}

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
