/** The store that lives as long as the process. @module */

import type { MailItem } from "../../protocol/mailbox.ts";
import {
  type Account,
  compareUins,
  type KeptAnswer,
  type MailRow,
  type Mark,
  type PersonQuery,
  type Store,
} from "./store.ts";

interface Box {
  rows: MailRow[];
  lastId: number;
  mark: Mark | undefined;
  /** Keys that were followed by another, oldest first. */
  followed: readonly string[];
}

/**
 * Keeps what the server keeps in memory: nothing of it outlives the process.
 *
 * @example What outlives a server
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { md5Hex } from "@tqq/tqq";
 * import { createServer, MemoryStore } from "@tqq/tqq/server";
 *
 * const store = new MemoryStore();
 * const server = createServer({ store });
 * await server.createAccount({ uin: "10001", passwordMd5: md5Hex("secret") });
 * await server.close();
 *
 * const next = createServer({ store });
 * assertEquals(next.accounts().map(({ uin }) => uin), ["10001"]);
 * await next.close();
 * ```
 * @category Server
 */
export class MemoryStore implements Store {
  /** Commits cost nothing here. */
  readonly sharesCommits = false;
  #accounts = new Map<string, Account>();
  #passwords = new Map<string, string>();
  #friends = new Map<string, Set<string>>();
  #watchers = new Map<string, Set<string>>();
  /** QQ numbers that asked, by the one asked. */
  #requests = new Map<string, Set<string>>();
  #boxes = new Map<string, Box>();
  #kept = new Map<string, Map<string, KeptAnswer>>();
  #undo: (() => void)[] | undefined;

  /**
   * Runs an act whole or not at all.
   *
   * @example
   * ```ts
   * import { assertEquals, assertThrows } from "@std/assert";
   * import { MemoryStore } from "@tqq/tqq/server";
   *
   * const store = new MemoryStore();
   * const act = () => (store.addFriend("10001", "10002"), BigInt("no"));
   * assertThrows(() => store.transaction(act), SyntaxError);
   * assertEquals(store.friends("10001"), []); // undone
   * ```
   */
  transaction<T>(act: () => T): T {
    if (this.#undo !== undefined) {
      throw new TypeError(
        "Cannot begin a transaction: it must not be nested, got one that is open",
      );
    }
    const undo: (() => void)[] = [];
    this.#undo = undo;
    try {
      return act();
    } catch (error) {
      while (undo.length > 0) undo.pop()!();
      throw error;
    } finally {
      this.#undo = undefined;
    }
  }

  /** The account of a number. */
  account(uin: string): Account | undefined {
    const account = this.#accounts.get(uin);
    return account && structuredClone(account);
  }

  /** Whether a number has an account. */
  hasAccount(uin: string): boolean {
    return this.#accounts.has(uin);
  }

  accounts(): Account[] {
    return [...this.#accounts.values()]
      .sort((a, b) => compareUins(a.uin, b.uin))
      .map((account) => structuredClone(account));
  }

  /** The people that match. */
  search(query: PersonQuery, limit: number): Account[] {
    const { age, sex, province, after } = query;
    return this.accounts().filter(({ uin, profile }) =>
      (age === undefined || profile.age === age) &&
      (sex === undefined || profile.sex === sex) &&
      (province === undefined || profile.province === province) &&
      (after === undefined || compareUins(uin, after) > 0)
    ).slice(0, limit);
  }

  /** Makes or replaces an account. */
  putAccount(account: Account): void {
    this.#set(this.#accounts, account.uin, structuredClone(account));
  }

  /** Removes an account with all that belongs to it. */
  removeAccount(uin: string): void {
    for (const other of this.friends(uin)) this.removeFriend(uin, other);
    for (const other of this.watchers(uin)) this.removeFriend(other, uin);
    for (const target of [...this.#requests.keys()]) {
      this.removeRequest(uin, target);
    }
    for (const asker of [...this.#requests.get(uin) ?? []]) {
      this.removeRequest(asker, uin);
    }
    this.#delete(this.#accounts, uin);
    this.#delete(this.#passwords, uin);
    this.#delete(this.#boxes, uin);
    this.#delete(this.#kept, uin);
  }

  /** The MD5 of an account's password. */
  passwordMd5(uin: string): string | undefined {
    return this.#passwords.get(uin);
  }

  /** Sets the MD5 of an account's password. */
  setPassword(uin: string, passwordMd5: string): void {
    if (this.hasAccount(uin)) this.#set(this.#passwords, uin, passwordMd5);
  }

  /** The friend list of an account. */
  friends(uin: string): string[] {
    return [...this.#friends.get(uin) ?? []].sort(compareUins);
  }

  /** Who has an account on their list. */
  watchers(uin: string): string[] {
    return [...this.#watchers.get(uin) ?? []].sort(compareUins);
  }

  /** Whether an account has another on its list. */
  hasFriend(uin: string, other: string): boolean {
    return this.#friends.get(uin)?.has(other) ?? false;
  }

  /** How many an account has on its list. */
  countFriends(uin: string): number {
    return this.#friends.get(uin)?.size ?? 0;
  }

  /** Puts another on an account's list. */
  addFriend(uin: string, other: string): void {
    this.#join(this.#friends, uin, other);
    this.#join(this.#watchers, other, uin);
  }

  /** Takes another off an account's list. */
  removeFriend(uin: string, other: string): boolean {
    this.#leave(this.#watchers, other, uin);
    return this.#leave(this.#friends, uin, other);
  }

  /** Whether a request is unanswered. */
  hasRequest(asker: string, target: string): boolean {
    return this.#requests.get(target)?.has(asker) ?? false;
  }

  /** How many requests an account has not answered. */
  countRequests(target: string): number {
    return this.#requests.get(target)?.size ?? 0;
  }

  /** Keeps a friend request. */
  addRequest(asker: string, target: string): void {
    this.#join(this.#requests, target, asker);
  }

  /** Takes a request away. */
  removeRequest(asker: string, target: string): boolean {
    return this.#leave(this.#requests, target, asker);
  }

  /** How many items a mailbox holds. */
  countMail(uin: string): number {
    return this.#boxes.get(uin)?.rows.length ?? 0;
  }

  /** Appends to a mailbox. */
  addMail(uin: string, item: MailItem): void {
    let box = this.#boxes.get(uin);
    if (box === undefined) {
      box = { rows: [], lastId: 0, mark: undefined, followed: [] };
      this.#set(this.#boxes, uin, box);
    }
    const { rows } = box;
    rows.push({ id: ++box.lastId, item: structuredClone(item) });
    this.#undo?.push(() => rows.pop());
  }

  /** A mailbox, oldest first. */
  mail(uin: string): Iterable<MailRow> {
    return this.#boxes.get(uin)?.rows ?? [];
  }

  /**
   * Removes the mail up to a place, and the mark.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { MemoryStore } from "@tqq/tqq/server";
   *
   * const store = new MemoryStore();
   * const item = { type: "message", from: "10002", text: "hi" } as const;
   * for (let n = 0; n < 3; n++) store.addMail("10001", item);
   * store.removeMail("10001", 2);
   * assertEquals([...store.mail("10001")].map(({ id }) => id), [3]);
   * ```
   */
  removeMail(uin: string, through: number): void {
    const box = this.#boxes.get(uin);
    if (box === undefined) return;
    const { rows, mark } = box;
    const end = rows.findIndex(({ id }) => id > through);
    const removed = rows.splice(0, end < 0 ? rows.length : end);
    box.mark = undefined;
    this.#undo?.push(() => {
      rows.unshift(...removed);
      box.mark = mark;
    });
  }

  /** What was handed out with a key. */
  mark(uin: string): Mark | undefined {
    return this.#boxes.get(uin)?.mark;
  }

  /** Notes what is handed out with a key. */
  setMark(uin: string, mark: Mark): void {
    const box = this.#boxes.get(uin);
    if (box === undefined) return;
    const before = box.mark;
    box.mark = { ...mark };
    this.#undo?.push(() => box.mark = before);
  }

  /** Whether a key that handed out mail was followed by another key. */
  isFollowedKey(uin: string, key: string): boolean {
    return this.#boxes.get(uin)?.followed.includes(key) ?? false;
  }

  /** Notes that a key was followed by another. */
  addFollowedKey(uin: string, key: string, most: number): void {
    const box = this.#boxes.get(uin);
    if (box === undefined) return;
    const before = box.followed;
    box.followed = [...before, key].slice(-most);
    this.#undo?.push(() => box.followed = before);
  }

  /** The answer kept for a key. */
  keptAnswer(uin: string, key: string): KeptAnswer | undefined {
    return this.#kept.get(uin)?.get(key);
  }

  /**
   * Keeps the answer to a keyed command.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { MemoryStore } from "@tqq/tqq/server";
   *
   * const store = new MemoryStore();
   * const kept = { digest: "d", body: "RES=0", at: 0, dueAt: 0 };
   * for (const key of ["a", "b"]) store.keepAnswer("10001", key, kept, 1);
   * assertEquals(store.keptAnswer("10001", "a"), undefined);
   * ```
   */
  keepAnswer(uin: string, key: string, kept: KeptAnswer, most: number): void {
    let answers = this.#kept.get(uin);
    if (answers === undefined) {
      answers = new Map();
      this.#set(this.#kept, uin, answers);
    }
    this.#delete(answers, key);
    this.#set(answers, key, { ...kept });
    for (const oldest of answers.keys()) {
      if (answers.size <= most) break;
      this.#delete(answers, oldest);
    }
  }

  /** Forgets the oldest answers of each account given before an instant. */
  forgetAnswers(before: number, most: number): void {
    let left = most;
    for (const [uin, answers] of this.#kept) {
      for (const [key, { at }] of answers) {
        if (at >= before) break;
        if (left-- <= 0) return;
        this.#delete(answers, key);
      }
      if (answers.size === 0) this.#delete(this.#kept, uin);
    }
  }

  #set<V>(map: Map<string, V>, key: string, value: V): void {
    const before = map.get(key);
    map.set(key, value);
    this.#undo?.push(() => {
      if (before === undefined) map.delete(key);
      else map.set(key, before);
    });
  }

  #delete<V>(map: Map<string, V>, key: string): void {
    const before = map.get(key);
    if (before === undefined) return;
    map.delete(key);
    this.#undo?.push(() => map.set(key, before));
  }

  #join(map: Map<string, Set<string>>, key: string, member: string): void {
    let members = map.get(key);
    if (members?.has(member)) return;
    if (members === undefined) map.set(key, members = new Set());
    members.add(member);
    this.#undo?.push(() => this.#drop(map, key, member));
  }

  #leave(map: Map<string, Set<string>>, key: string, member: string): boolean {
    if (!this.#drop(map, key, member)) return false;
    this.#undo?.push(() => {
      const members = map.get(key) ?? new Set();
      map.set(key, members.add(member));
    });
    return true;
  }

  #drop(map: Map<string, Set<string>>, key: string, member: string): boolean {
    const members = map.get(key);
    if (!members?.delete(member)) return false;
    if (members.size === 0) map.delete(key);
    return true;
  }
}
