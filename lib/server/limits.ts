/** The server's limits, each with what happens beyond it. @module */

/**
 * How much of everything the server holds.
 *
 * @category Server
 */
export interface Limits {
  /**
   * Bytes of a request's body or line. Beyond: NULL, or the connection is closed.
   *
   * @default {196608}
   */
  bodyBytes: number;
  /**
   * Bytes of a request's value once it is decoded. Beyond: NULL.
   *
   * @default {65536}
   */
  textBytes: number;
  /**
   * Items in a mailbox. Beyond: CLTMSG and friend requests to it get RES=3 at
   * once, and changes of presence are not added to it.
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
   * Bytes of the body of a reply to GetMsgEx, as encoded, though always one
   * item. The rest stays for the next. A request without Idempotency-Key gets
   * at most 8,000 bytes, because clients of 2005 read no more.
   *
   * @default {2097152}
   */
  mailBytesPerReply: number;
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
  /**
   * Bytes of a request's head, at the listener. Beyond: NULL.
   *
   * @default {8192}
   */
  headBytes: number;
  /**
   * Connections of a listener. Beyond: a new one is closed.
   *
   * @default {16384}
   */
  connections: number;
  /**
   * Connections of a listener from one address; a bridge has one or two an
   * account. Beyond: a new one is closed.
   *
   * @default {12288}
   */
  connectionsPerAddress: number;
  /**
   * Milliseconds from the opening of a connection, or from the first byte of a
   * later request, to the end of the head. Beyond: NULL.
   *
   * @default {10000}
   */
  headMs: number;
  /**
   * Milliseconds from the end of a head to the end of its body. Beyond: NULL.
   *
   * @default {30000}
   */
  bodyMs: number;
  /**
   * Milliseconds between an answer and the next request on a connection.
   * Beyond: it is closed.
   *
   * @default {120000}
   */
  idleMs: number;
  /**
   * Least milliseconds between two writes to a connection of lines: clients take
   * what one read returns for one message.
   *
   * @default {20}
   */
  lineGapMs: number;
  /**
   * Requests of a connection of lines that wait for their reply. Beyond: the
   * rest waits in the network.
   *
   * @default {64}
   */
  unansweredLines: number;
  /**
   * Milliseconds until a client has taken an answer. Beyond: the answer is cut.
   *
   * @default {30000}
   */
  replyMs: number;
  /**
   * Bytes that are read ahead while a request is answered. Beyond: the rest
   * waits in the network, and that the client closes is seen only after the
   * answer.
   *
   * @default {16384}
   */
  readAheadBytes: number;
  /**
   * Milliseconds that a client who has ended its side is still given an answer,
   * unless its request says `Prefer`. Beyond: it counts as gone.
   *
   * @default {1000}
   */
  halfClosedMs: number;
  /**
   * Milliseconds from the last answer of a connection until the client closes
   * it too. Beyond: what it has not read may be lost.
   *
   * @default {2000}
   */
  lingerMs: number;
  /**
   * Milliseconds that the end of a listener leaves to the answers under way.
   * Beyond: they are cut.
   *
   * @default {5000}
   */
  closeMs: number;
}

/**
 * The limits unless said otherwise.
 *
 * @category Server
 */
export const LIMITS: Readonly<Limits> = {
  bodyBytes: 192 * 1024,
  textBytes: 64 * 1024,
  mailbox: 10_000,
  mailPerReply: 500,
  mailBytesPerReply: 2 * 1024 * 1024,
  friends: 10_000,
  requests: 1_000,
  keptAnswers: 1_000,
  lateAnswers: 16,
  uncommitted: 10_000,
  waitSeconds: 30,
  headBytes: 8 * 1024,
  connections: 16_384,
  connectionsPerAddress: 12_288,
  headMs: 10_000,
  bodyMs: 30_000,
  idleMs: 120_000,
  lineGapMs: 20,
  unansweredLines: 64,
  replyMs: 30_000,
  readAheadBytes: 16 * 1024,
  halfClosedMs: 1_000,
  lingerMs: 2_000,
  closeMs: 5_000,
};

/** Entries of a page of List, Query_Stat and Finger, as the old server gave them. */
export const PAGE = 120;

/** Entries of a page of SimpleInfo2 and Query_Stat2. */
export const LATER_PAGE = 50;

/** How long the answer given to an Idempotency-Key is kept, in milliseconds. */
export const KEPT_MS = 10 * 60_000;

/**
 * Bytes of the body of a reply to a GetMsgEx without Idempotency-Key, as
 * encoded, though always one item. Clients of 2005 read head and body together
 * with a buffer of 8,192 bytes; the head has less than 192.
 */
export const SMALL_BODY_BYTES = 8_000;

/** How many bytes one byte of a request becomes in a reply, at most: a comma is sent as `%252c`. */
export const ESCAPED_COMMA_BYTES = 5;

/** Largest item of a mailbox, in bytes as encoded: what the largest request can bring. */
export function maxItemBytes(limits: Limits): number {
  return ESCAPED_COMMA_BYTES * limits.textBytes;
}

/**
 * How many keys of an account's GetMsgEx that were followed by another are
 * remembered, of those that handed out mail and of those that did not. The
 * oldest are forgotten.
 */
export const FOLLOWED_KEYS = 16;

/**
 * For how long every followed key is remembered, whatever followed it, in
 * milliseconds, and how many of an account at most: a request can be on its way
 * for longer than 16 others take. A restart of the server forgets these.
 */
export const RECENT_KEYS_MS = 60_000;
export const RECENT_KEYS = 1024;
