/** The embedded server's store on disk. @module */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import type {
  Account,
  KeptAnswer,
  MailItem,
  MailRow,
  Mark,
  PersonQuery,
  Policy,
  Store,
} from "../../lib/server/mod.ts";
import type { Cipher } from "./cipher.ts";
import { prepareDatabase } from "./qq_schema.ts";
import {
  placeOf,
  QQ_PASSWORDS,
  readStored,
  rewriteSecrets,
  toStored,
} from "./sealed_columns.ts";
import { BELONGINGS, SQL } from "./qq_statements.ts";

/** Options of a {@linkcode SqliteQqStore}. */
export interface SqliteQqStoreOptions {
  /**
   * Encrypts the password hashes, also those that are stored in clear text.
   *
   * @default stores clear text
   */
  cipher?: Cipher;
}

/** Cached figures of a mailbox, so that it is not counted again. */
interface Box {
  count: number;
  lastId: number;
  /** All its rows, if they are few and short, so that they are not read again. */
  rows: readonly MailRow[] | undefined;
  mark: Mark | undefined;
  /** Keys that were followed by another one, oldest first. */
  followed: readonly string[];
}

/** Number of rows of mail that are read at once. */
const ROWS_AT_ONCE = 64;

/** Most rows of a mailbox that are kept in memory. */
const MAX_KEPT_ROWS = 4;

/** Longest item, in characters of JSON, that is kept in memory. */
const MAX_KEPT_CHARACTERS = 500;

type AccountColumns = Record<"uin" | "nickname" | "policy" | "profile", string>;

/**
 * A {@linkcode Store} in an SQLite file. With WAL and synchronous=FULL, a
 * transaction is durable when it returns.
 *
 * @example
 * ```ts ignore
 * const store = new SqliteQqStore("tqq-data/qq.db");
 * const server = createServer({ store });
 * // ...
 * await server.close();
 * store.close();
 * ```
 */
export class SqliteQqStore implements Store {
  /** A commit waits for the disk. */
  readonly sharesCommits = true;
  #database: DatabaseSync;
  #cipher: Cipher | undefined;
  #statements = new Map<string, StatementSync>();
  #boxes = new Map<string, Box>();
  #keptCounts = new Map<string, number>();

  /**
   * Opens the store, and creates it if there is none.
   *
   * @param path The file, or `:memory:`.
   * @throws {RangeError} If SQLite is too old, or a later program made the file.
   */
  constructor(path: string, options: SqliteQqStoreOptions = {}) {
    this.#cipher = options.cipher;
    this.#database = new DatabaseSync(path);
    try {
      prepareDatabase(this.#database);
      this.#sealAll();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Setting of SQLite that decides when a commit returns; `full` if it is durable then. */
  get synchronous(): string {
    const { synchronous } = this.#get<{ synchronous: number }>(
      "PRAGMA synchronous",
    )!;
    return ["off", "normal", "full", "extra"][synchronous]!;
  }

  /** Closes the file. A second call does nothing. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  transaction<T>(act: () => T): T {
    this.#run(SQL.begin);
    try {
      const result = act();
      this.#run(SQL.commit);
      return result;
    } catch (error) {
      // The cached figures may count what was rolled back.
      this.#boxes.clear();
      this.#keptCounts.clear();
      if (this.#database.isTransaction) this.#run(SQL.rollback);
      throw error;
    }
  }

  account(uin: string): Account | undefined {
    const row = this.#get<AccountColumns>(SQL.account, uin);
    return row && accountOf({ ...row, uin });
  }

  hasAccount(uin: string): boolean {
    return this.#get(SQL.hasAccount, uin) !== undefined;
  }

  accounts(): Account[] {
    return this.#all<AccountColumns>(SQL.accounts).map(accountOf);
  }

  search(query: PersonQuery, limit: number): Account[] {
    const { age = null, sex = null, province = null, after = null } = query;
    return this.#all<AccountColumns>(
      SQL.search,
      age,
      sex,
      province,
      after,
      limit,
    ).map(accountOf);
  }

  putAccount({ uin, nickname, policy, profile }: Account): void {
    this.#run(
      SQL.putAccount,
      uin,
      JSON.stringify(nickname),
      policy,
      JSON.stringify(profile),
    );
  }

  removeAccount(uin: string): void {
    for (const sql of BELONGINGS) this.#run(sql, uin);
    this.#boxes.delete(uin);
    this.#keptCounts.delete(uin);
  }

  /**
   * Implements `Store.passwordMd5`.
   *
   * @throws {TypeError} If it is encrypted and there is no cipher.
   * @throws {CipherError} If it was encrypted with another key or for another row.
   */
  passwordMd5(uin: string): string | undefined {
    const row = this.#get<{ password: string | null; sealed: number }>(
      SQL.password,
      uin,
    );
    if (row === undefined || row.password === null) return undefined;
    const { password: text, sealed } = row;
    const place = placeOf(QQ_PASSWORDS, uin);
    return readStored({ text, sealed }, place, this.#cipher);
  }

  setPassword(uin: string, passwordMd5: string): void {
    const place = placeOf(QQ_PASSWORDS, uin);
    const { text, sealed } = toStored(passwordMd5, place, this.#cipher);
    this.#run(SQL.setPassword, text, sealed, uin);
  }

  friends(uin: string): string[] {
    return this.#all<{ uin: string }>(SQL.friends, uin).map((row) => row.uin);
  }

  watchers(uin: string): string[] {
    return this.#all<{ uin: string }>(SQL.watchers, uin).map((row) => row.uin);
  }

  hasFriend(uin: string, other: string): boolean {
    return this.#get(SQL.hasFriend, uin, other) !== undefined;
  }

  countFriends(uin: string): number {
    return this.#get<{ count: number }>(SQL.countFriends, uin)!.count;
  }

  addFriend(uin: string, other: string): void {
    this.#run(SQL.addFriend, uin, other);
  }

  removeFriend(uin: string, other: string): boolean {
    return this.#run(SQL.removeFriend, uin, other) > 0;
  }

  hasRequest(asker: string, target: string): boolean {
    return this.#get(SQL.hasRequest, asker, target) !== undefined;
  }

  countRequests(target: string): number {
    return this.#get<{ count: number }>(SQL.countRequests, target)!.count;
  }

  addRequest(asker: string, target: string): void {
    this.#run(SQL.addRequest, asker, target);
  }

  removeRequest(asker: string, target: string): boolean {
    return this.#run(SQL.removeRequest, asker, target) > 0;
  }

  countMail(uin: string): number {
    return this.#box(uin).count;
  }

  addMail(uin: string, item: MailItem): void {
    const box = this.#box(uin);
    const json = JSON.stringify(item);
    this.#run(SQL.addMail, uin, box.lastId + 1, json);
    box.lastId++;
    box.count++;
    const isKept = json.length <= MAX_KEPT_CHARACTERS &&
      box.count <= MAX_KEPT_ROWS;
    box.rows = isKept
      ? box.rows?.concat({ id: box.lastId, item: { ...item } })
      : undefined;
  }

  *mail(uin: string): Iterable<MailRow> {
    const { rows: kept } = this.#box(uin);
    if (kept !== undefined) {
      for (const { id, item } of kept) yield { id, item: { ...item } };
      return;
    }
    let after = 0;
    for (;;) {
      const rows = this.#all<{ id: number; item: string }>(
        SQL.mail,
        uin,
        after,
        ROWS_AT_ONCE,
      );
      for (const { id, item } of rows) {
        yield { id, item: JSON.parse(item) };
        after = id;
      }
      if (rows.length < ROWS_AT_ONCE) return;
    }
  }

  removeMail(uin: string, through: number): void {
    const box = this.#box(uin);
    box.count -= this.#run(SQL.removeMail, uin, through);
    box.rows = box.count === 0
      ? []
      : box.rows?.filter(({ id }) => id > through);
    // Its row stays until the next mark replaces it; without its mail it has no meaning.
    box.mark = undefined;
  }

  mark(uin: string): Mark | undefined {
    return this.#box(uin).mark;
  }

  setMark(uin: string, mark: Mark): void {
    const box = this.#box(uin);
    this.#run(SQL.setMark, uin, mark.key, mark.through);
    box.mark = { ...mark };
  }

  isFollowedKey(uin: string, key: string): boolean {
    return this.#box(uin).followed.includes(key);
  }

  addFollowedKey(uin: string, key: string, most: number): void {
    const box = this.#box(uin);
    const followed = [...box.followed, key].slice(-most);
    this.#run(SQL.setFollowedKeys, uin, JSON.stringify(followed));
    box.followed = followed;
  }

  keptAnswer(uin: string, key: string): KeptAnswer | undefined {
    const row = this.#get<KeptAnswer>(SQL.keptAnswer, uin, key);
    return row && { ...row };
  }

  keepAnswer(uin: string, key: string, kept: KeptAnswer, most: number): void {
    let count = this.#keptCounts.get(uin) ??
      this.#get<{ count: number }>(SQL.countKept, uin)!.count;
    const { digest, body, at, dueAt } = kept;
    this.#run(SQL.keepAnswer, uin, key, digest, body, at, dueAt);
    count++;
    if (count > most) {
      // A repeated key was counted twice.
      count = this.#get<{ count: number }>(SQL.countKept, uin)!.count;
    }
    if (count > most) {
      const room = count - most + Math.floor(most / 10);
      count -= this.#run(SQL.dropOldest, uin, room);
    }
    this.#keptCounts.set(uin, count);
  }

  forgetAnswers(before: number, most: number): void {
    if (this.#run(SQL.forgetAnswers, most, before) > 0) {
      this.#keptCounts.clear();
    }
  }

  #box(uin: string): Box {
    let box = this.#boxes.get(uin);
    if (box === undefined) {
      const { count, firstId, lastId } = this.#get<
        Record<"count" | "firstId" | "lastId", number>
      >(SQL.box, uin)!;
      const mark = this.#get<Mark>(SQL.mark, uin);
      const stands = mark !== undefined && count > 0 && firstId <= mark.through;
      box = {
        count,
        // An id that a mark refers to is not used again.
        lastId: Math.max(lastId, mark?.through ?? 0),
        rows: count === 0 ? [] : undefined,
        mark: stands ? { ...mark } : undefined,
        followed: JSON.parse(
          this.#get<{ keys: string }>(SQL.followedKeys, uin)?.keys ?? "[]",
        ),
      };
      this.#boxes.set(uin, box);
    }
    return box;
  }

  #sealAll(): void {
    const cipher = this.#cipher;
    if (cipher === undefined) return;
    // Clear text must stay neither in free space nor in the log, not even after
    // a start that was killed here.
    this.#database.exec("PRAGMA secure_delete = ON");
    this.transaction(() =>
      rewriteSecrets(this.#database, QQ_PASSWORDS, cipher, cipher)
    );
    this.#database.exec(
      "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA secure_delete = FAST",
    );
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #get<R>(sql: string, ...values: (string | number)[]): R | undefined {
    return this.#prepare(sql).get(...values) as R | undefined;
  }

  #all<R>(sql: string, ...values: (string | number | null)[]): R[] {
    return this.#prepare(sql).all(...values) as R[];
  }

  #run(sql: string, ...values: (string | number)[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }
}

function accountOf(row: AccountColumns): Account {
  return {
    uin: row.uin,
    nickname: JSON.parse(row.nickname),
    policy: row.policy as Policy,
    profile: JSON.parse(row.profile),
  };
}
