/** What the server remembers, and where it may keep it. @module */

import type { Sex } from "../../protocol/codes.ts";
import type { MailItem } from "../../protocol/mailbox.ts";
import type { Profile } from "../../protocol/profile.ts";

/**
 * Who may add an account as a friend.
 *
 * @category Server
 */
export type Policy = "anybody" | "verify" | "nobody";

/**
 * What an account says about itself beside number and nickname.
 *
 * @category Server
 */
export type ProfileDetails = Omit<Profile, "uin" | "nickname">;

/**
 * An account without its password.
 *
 * @category Server
 */
export interface Account {
  /** QQ number of the account. */
  uin: string;
  /** Nickname of the account. */
  nickname: string;
  /** Who may add it. */
  policy: Policy;
  /** What it says about itself. */
  profile: ProfileDetails;
}

/**
 * One item of a mailbox as it is stored.
 *
 * @category Server
 */
export interface MailRow {
  /** Its place in the mailbox, growing. */
  id: number;
  /** The item of mail. */
  item: MailItem;
}

/**
 * What a GetMsgEx with a key has handed out: the mailbox up to a place.
 *
 * @category Server
 */
export interface Mark {
  /** Idempotency-Key header of the request. */
  key: string;
  /** The place of the last item handed out. */
  through: number;
}

/**
 * The answer that was given to an Idempotency-Key.
 *
 * @category Server
 */
export interface KeptAnswer {
  /** Digest of the request's body without its SEQ. */
  digest: string;
  /** The reply's body with an empty SEQ. */
  body: string;
  /** When it was given, in milliseconds since 1970. */
  at: number;
  /** When a late answer was due; `at` for others. */
  dueAt: number;
}

/**
 * What Finger asks for; what is absent matches everybody.
 *
 * @category Server
 */
export interface PersonQuery {
  /** Age of the person, in years. */
  age?: number;
  /** Sex of the person. */
  sex?: Sex;
  /** Province, as free text. */
  province?: string;
  /** Only numbers above this. */
  after?: string;
}

/**
 * Where the server keeps what outlives a restart: accounts, friends, requests,
 * mailboxes, keys, kept answers. Synchronous: SQLite is, and memory is.
 *
 * Lists of numbers are ascending by value. What is said about a number that has
 * no account is empty. Every method throws where the storage fails.
 *
 * @category Server
 */
export interface Store {
  /**
   * Whether a commit costs so much that acts should share one. The server then
   * commits once a turn of the event loop.
   */
  readonly sharesCommits: boolean;
  /**
   * Runs an act whole or not at all, and returns when it is durable.
   *
   * @param act What to do; not to be nested. What it throws is thrown on.
   */
  transaction<T>(act: () => T): T;

  /** The account of a number. */
  account(uin: string): Account | undefined;
  /** Whether a number has an account. */
  hasAccount(uin: string): boolean;
  /** Returns all accounts of the store. */
  accounts(): Account[];
  /** The people that match, at most `limit`. */
  search(query: PersonQuery, limit: number): Account[];
  /** Makes an account or replaces what is said about it; a new one has no password. */
  putAccount(account: Account): void;
  /** Removes an account with its mail, friends (on both sides), requests and kept answers. */
  removeAccount(uin: string): void;
  /** The MD5 of an account's password; undefined where it has none. */
  passwordMd5(uin: string): string | undefined;
  /** Sets the MD5 of an account's password. */
  setPassword(uin: string, passwordMd5: string): void;

  /** The friend list of an account. */
  friends(uin: string): string[];
  /** Who has an account on their list. */
  watchers(uin: string): string[];
  /** Whether an account has another on its list. */
  hasFriend(uin: string, other: string): boolean;
  /** How many an account has on its list. */
  countFriends(uin: string): number;
  /** Puts another on an account's list; once is enough. */
  addFriend(uin: string, other: string): void;
  /** Takes another off an account's list. False where it was not there. */
  removeFriend(uin: string, other: string): boolean;

  /** Whether somebody's request to be added is unanswered. */
  hasRequest(asker: string, target: string): boolean;
  /** How many requests an account has not answered. */
  countRequests(target: string): number;
  /** Notes a request; once is enough. */
  addRequest(asker: string, target: string): void;
  /** Takes a request away. False where there was none. */
  removeRequest(asker: string, target: string): boolean;

  /** How many items a mailbox holds, marked ones too. */
  countMail(uin: string): number;
  /** Appends to a mailbox. */
  addMail(uin: string, item: MailItem): void;
  /** A mailbox, oldest first. Not to be changed while it is read. */
  mail(uin: string): Iterable<MailRow>;
  /** Removes the mail up to a place, and the mark. */
  removeMail(uin: string, through: number): void;
  /** What was handed out with a key and is not removed yet. */
  mark(uin: string): Mark | undefined;
  /** Notes what is handed out with a key. */
  setMark(uin: string, mark: Mark): void;

  /** Whether a key that handed out mail was followed by another key. */
  isFollowedKey(uin: string, key: string): boolean;
  /** Notes that a key was followed by another; of more than `most` of an account, the oldest are forgotten. */
  addFollowedKey(uin: string, key: string, most: number): void;

  /** The answer kept for a key, however old. */
  keptAnswer(uin: string, key: string): KeptAnswer | undefined;
  /** Keeps an answer; of more than `most` of an account, the oldest are forgotten. */
  keepAnswer(uin: string, key: string, kept: KeptAnswer, most: number): void;
  /** Forgets the oldest answers given before an instant, about `most` of them. */
  forgetAnswers(before: number, most: number): void;
}

/** Orders numbers by value. */
export function compareUins(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
