/** Stores of the accounts that the bridge logs in. @module */

import { isQqNumber, type Status, STATUSES } from "../../mod.ts";

/** Valid nicknames: 1 to 256 characters on one line, without direction characters, which could disguise them. */
export const NICKNAME =
  /^[^\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]{1,256}$/u;

/** An account as a store keeps it. */
export interface AccountRecord {
  /** QQ number of 1 to 20 digits. */
  readonly uin: string;
  /** MD5 of the password, 32 lower-case hex digits. It is as secret as the password, because a login needs nothing else. */
  readonly passwordMd5: string;
  /** Nickname; empty if it is unknown. */
  readonly nickname: string;
  /** Whether the bridge keeps the account logged in; `out` after the command `logout`. */
  readonly wanted: "in" | "out";
  /** Presence that a client set last; `undefined` means online. */
  readonly status?: Status;
}

/** Returns a record with the presence of the former one, unless it has its own. */
export function withStatus(
  record: AccountRecord,
  former: AccountRecord | undefined,
): AccountRecord {
  const status = record.status ?? former?.status;
  return status === undefined ? record : { ...record, status };
}

/** Orders QQ numbers by their value. */
export function compareNumbers(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

/**
 * A store of accounts. Reading is synchronous; a change is durable when its
 * method returns, or when the promise that it returned resolves.
 */
export interface AccountStore {
  /** Returns all accounts, ascending by number. */
  list(): AccountRecord[];
  /** Returns the account with a number, or `undefined`. */
  get(uin: string): AccountRecord | undefined;
  /**
   * Adds an account, or replaces it.
   *
   * @throws {TypeError | RangeError} If a value is invalid, or the store is full.
   */
  put(record: AccountRecord): void | Promise<void>;
  /** Removes an account; returns whether it was stored. */
  remove(uin: string): boolean | Promise<boolean>;
}

const MD5 = /^[\da-f]{32}$/;

/** Maximum number of accounts in a store. */
export const ACCOUNTS = 100_000;

/** An account store in memory. */
export class MemoryAccountStore implements AccountStore {
  readonly #records = new Map<string, AccountRecord>();
  readonly #maxAccounts: number;
  #sorted: AccountRecord[] | undefined;

  constructor(maxAccounts = ACCOUNTS) {
    this.#maxAccounts = maxAccounts;
  }

  list(): AccountRecord[] {
    this.#sorted ??= [...this.#records.values()].sort((a, b) =>
      compareNumbers(a.uin, b.uin)
    );
    return [...this.#sorted];
  }

  get(uin: string): AccountRecord | undefined {
    return this.#records.get(uin);
  }

  put(record: AccountRecord): void {
    checkRecord(record);
    if (
      !this.#records.has(record.uin) && this.#records.size >= this.#maxAccounts
    ) {
      throw new RangeError(
        `Cannot add an account: at most ${this.#maxAccounts} are kept, got one more`,
      );
    }
    const { uin, passwordMd5, nickname, wanted, status } = record;
    this.#records.set(uin, {
      uin,
      passwordMd5,
      nickname,
      wanted,
      ...(status === undefined ? {} : { status }),
    });
    this.#sorted = undefined;
  }

  remove(uin: string): boolean {
    this.#sorted = undefined;
    return this.#records.delete(uin);
  }
}

/**
 * Checks the values of an account.
 *
 * @throws {TypeError} If one is invalid.
 */
export function checkRecord(record: AccountRecord): void {
  const { uin, passwordMd5, nickname, wanted, status } = record;
  const must = (holds: boolean, rule: string, got: string) => {
    if (!holds) throw new TypeError(`Cannot keep an account: ${rule}, ${got}`);
  };
  must(
    isQqNumber(uin),
    "uin must have 1 to 20 digits",
    `got ${JSON.stringify(uin)}`,
  );
  must(
    MD5.test(passwordMd5),
    "passwordMd5 must be 32 lower-case hex digits",
    "got something else",
  );
  must(
    typeof nickname === "string",
    "nickname must be a text",
    `got ${typeof nickname}`,
  );
  must(
    wanted === "in" || wanted === "out",
    "wanted must be in or out",
    `got ${wanted}`,
  );
  must(
    status === undefined || Object.hasOwn(STATUSES, status),
    `status must be one of ${Object.keys(STATUSES).join(", ")}`,
    `got ${status}`,
  );
}
