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

/** Bytes that an event counts for besides its data: its columns, its places in the indexes. */
export const EVENT_BYTES = 64;

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
}

/** The limit of keyed commands, where it is reached. */
export function tooManyKeys(account: string, most: number): RangeError {
  return new RangeError(
    `Cannot begin a keyed command: at most ${most} are remembered for an account, got one more for ${account}`,
  );
}

/** The limit of consumers, where it is reached. */
export function tooManyConsumers(most: number): RangeError {
  return new RangeError(
    `Cannot keep a consumer's position: at most ${most} consumers are kept, got one more`,
  );
}
