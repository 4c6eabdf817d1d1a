/** The server's limits, each with what happens beyond it. @module */

/** How much of everything the server holds. */
export interface Limits {
  /**
   * Bytes of a request's body. Beyond: NULL.
   *
   * @default {65536}
   */
  bodyBytes: number;
  /**
   * Items in a mailbox. Beyond: CLTMSG and friend requests to it get RES=3 at
   * once, and presence is not told to it.
   *
   * @default {10000}
   */
  mailbox: number;
  /**
   * Items that one GetMsgEx hands out, oldest first. The rest stays for the next.
   *
   * @default {500}
   */
  mailPerReply: number;
  /**
   * Characters of text that one GetMsgEx hands out, though always one item.
   * The rest stays for the next.
   *
   * @default {1048576}
   */
  mailCharsPerReply: number;
  /**
   * Friends of an account. Beyond: AddToList is refused, and accepting gets
   * RES=3 at once.
   *
   * @default {10000}
   */
  friends: number;
  /**
   * Unanswered friend requests to an account. Beyond: asking gets RES=3 at once.
   *
   * @default {1000}
   */
  requests: number;
  /**
   * Answers kept for repeated Idempotency-Keys of an account. Beyond: the
   * oldest are forgotten before their ten minutes.
   *
   * @default {1000}
   */
  keptAnswers: number;
  /**
   * Late answers of an account that are under way. Beyond: NULL at once.
   *
   * @default {16}
   */
  lateAnswers: number;
  /**
   * Requests that wait for one commit. Beyond: NULL.
   *
   * @default {10000}
   */
  uncommitted: number;
  /**
   * Seconds that `Prefer: wait` may hold an empty GetMsgEx. Beyond: so long.
   *
   * @default {30}
   */
  waitSeconds: number;
}

/** The limits unless said otherwise. */
export const LIMITS: Readonly<Limits> = {
  bodyBytes: 64 * 1024,
  mailbox: 10_000,
  mailPerReply: 500,
  mailCharsPerReply: 1024 * 1024,
  friends: 10_000,
  requests: 1_000,
  keptAnswers: 1_000,
  lateAnswers: 16,
  uncommitted: 10_000,
  waitSeconds: 30,
};

/** Entries of a page of List, Query_Stat and Finger, as the old server gave them. */
export const PAGE = 120;

/** How long the answer given to an Idempotency-Key is kept, in milliseconds. */
export const KEPT_MS = 10 * 60_000;
