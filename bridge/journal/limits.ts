/** Limits and errors of the journal. @module */

/** Maximum number of rows in a transaction; more wait for the next turn. A batch is never split. */
export const MAX_GROUP_ROWS = 100;

/** Maximum number of rows that wait to be written; further appends reject. */
export const WAITING_ROWS = 100_000;

/** Maximum number of rows that one `read` examines; `upTo` returns how far it came. */
export const MAX_SCANNED_ROWS = 2000;

/** Maximum number of accounts that are read by index; for more, rows are scanned. */
export const MAX_INDEXED_ACCOUNTS = 64;

/** Maximum number of rows that one `trim` drops; `more` returns whether there are others. */
export const MAX_TRIMMED_ROWS = 100;

/** How long a keyed command is remembered, in milliseconds. */
export const KEY_LIFE_MS = 24 * 60 * 60_000;

/**
 * Maximum number of remembered keyed commands of an account (one a second, all
 * day); a further one rejects.
 */
export const KEYS_PER_ACCOUNT = 100_000;

/** Maximum number of bytes of the remembered keyed commands of an account: 64 MiB; a further one rejects. */
export const KEY_BYTES_PER_ACCOUNT = 64 * 1024 * 1024;

/** Maximum number of consumers with a position; a further one rejects. */
export const CONSUMERS = 10_000;

/** The part of the consumers that is reserved for owners that reach all accounts: one in ten. */
export const RESERVED_PART = 10;

/** Maximum number of consumers of the owners of a share, which are tokens; a further one rejects. */
export const CONSUMERS_OF_OWNER = 1000;

/** What the journal must know of the owners of consumers to limit them. */
export interface ConsumerOwners {
  /** Returns the share of an owner. Owners of one share are limited together. */
  shareOf(owner: string): string;
  /** Whether an owner reaches all accounts. */
  hasAllAccounts(owner: string): boolean;
}

/** Bytes that an event counts in addition to its data: its columns and index entries. */
export const EVENT_BYTES = 64;

/** Approximate size of a keyed command. */
export const KEYED_BYTES = 215;

/** Maximum number of events of a journal in memory; the oldest are dropped. */
export const MEMORY_EVENTS = 100_000;

/** Maximum number of keyed commands of a journal in memory; a further one rejects. */
export const MEMORY_KEYS = 200_000;

/** Limits that can be set when a journal is opened. */
export interface JournalLimits {
  /**
   * Maximum number of keyed commands of an account.
   *
   * @default {100000}
   */
  readonly keysPerAccount?: number;
  /**
   * Maximum number of bytes of the keyed commands of an account, with their
   * outcomes.
   *
   * @default {67108864}
   */
  readonly keyBytesPerAccount?: number;
  /**
   * Maximum number of consumers.
   *
   * @default {10000}
   */
  readonly consumers?: number;
  /**
   * Maximum number of consumers of the owners of one share.
   *
   * @default {1000}
   */
  readonly consumersOfOwner?: number;
  /**
   * The owners of consumers.
   *
   * @default each owner has a share of its own, and reaches all accounts
   */
  readonly owners?: ConsumerOwners;
  /**
   * Maximum number of rows that wait to be written. A journal in memory never
   * waits.
   *
   * @default {100000}
   */
  readonly waitingRows?: number;
}

/** Completes the limits with the defaults. */
export function withDefaults(
  limits: JournalLimits = {},
): Required<JournalLimits> {
  return {
    keysPerAccount: KEYS_PER_ACCOUNT,
    keyBytesPerAccount: KEY_BYTES_PER_ACCOUNT,
    consumers: CONSUMERS,
    consumersOfOwner: CONSUMERS_OF_OWNER,
    owners: { shareOf: (owner) => owner, hasAllAccounts: () => true },
    waitingRows: WAITING_ROWS,
    ...limits,
  };
}

export function tooManyKeys(account: string, most: number): JournalLimitError {
  return new JournalLimitError(
    "keysPerAccount",
    `Cannot begin a keyed command: at most ${most} are remembered for an account, got one more for ${account}`,
  );
}

export function tooManyKeyBytes(
  account: string,
  most: number,
): JournalLimitError {
  return new JournalLimitError(
    "keyBytesPerAccount",
    `Cannot begin a keyed command: those of an account take at most ${most} bytes, got more for ${account}`,
  );
}

export function tooManyKeysInAll(most: number): JournalLimitError {
  return new JournalLimitError(
    "keys",
    `Cannot begin a keyed command: at most ${most} are remembered in memory, got one more`,
  );
}

export function tooManyConsumers(most: number): JournalLimitError {
  return new JournalLimitError(
    "consumers",
    `Cannot keep a consumer's position: at most ${most} consumers are kept, got one more`,
  );
}

export function tooManyOfOwner(most: number): JournalLimitError {
  return new JournalLimitError(
    "consumersOfOwner",
    `Cannot keep a consumer's position: at most ${most} consumers of a token, and of those that it created, are kept, got one more`,
  );
}

export function tooManyWaiting(most: number, rows: number): JournalLimitError {
  return new JournalLimitError(
    "waitingRows",
    `Cannot append to the journal: at most ${most} rows may wait, got ${rows} more`,
  );
}

/** Throws RangeError if a read with this limit could return nothing. */
export function checkLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit > 0) return;
  throw new RangeError(
    `Cannot read the journal: limit must be a whole number from 1 on, got ${limit}`,
  );
}

/** A limit of the journal is reached. The journal still works. */
export class JournalLimitError extends RangeError {
  override readonly name = "JournalLimitError";
  readonly limit: keyof JournalLimits | "keys";

  constructor(limit: JournalLimitError["limit"], message: string) {
    super(message);
    this.limit = limit;
  }
}

/** Nothing can be written now, because the disk is full or failing. */
export class JournalWriteError extends Error {
  override readonly name = "JournalWriteError";

  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot write the journal: ${why}`, { cause });
  }
}
