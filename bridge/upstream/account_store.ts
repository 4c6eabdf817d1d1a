/** Accounts that the bridge logs in, as a store keeps them. @module */

import { isQqNumber, type Status, STATUSES } from "../../mod.ts";

/** What a nickname may be: one line, that can be shown everywhere. */
export const NICKNAME = /^[^\p{Cc}\p{Cs}]{1,256}$/u;

/** An account. */
export interface AccountRecord {
  /** The QQ number. */
  readonly uin: string;
  /** MD5 of the password, 32 lower-case hex digits: as good as the password. */
  readonly passwordMd5: string;
  /** The nickname; empty where it is not known. */
  readonly nickname: string;
  /** Whether the bridge is to be logged in; `out` after the command `logout`. */
  readonly wanted: "in" | "out";
  /** The presence last asked for; absent: online. */
  readonly status?: Status;
}

/** A record that changes another, whose presence it keeps unless it has one itself. */
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

/** Where they are kept. */
export interface AccountStore {
  /** All, ascending by number. */
  list(): AccountRecord[];
  /** One of them. */
  get(uin: string): AccountRecord | undefined;
  /** Adds one, or changes it. Durable when it returns. */
  put(record: AccountRecord): void;
  /** Removes one; tells whether it was there. */
  remove(uin: string): boolean;
}

/** What a record must be. */
const MD5 = /^[\da-f]{32}$/;

/** Most accounts that a store takes. */
export const ACCOUNTS = 100_000;

/** An {@linkcode AccountStore} in memory. */
export class MemoryAccountStore implements AccountStore {
  readonly #records = new Map<string, AccountRecord>();
  #sorted: AccountRecord[] | undefined;

  /** All, ascending by number. */
  list(): AccountRecord[] {
    this.#sorted ??= [...this.#records.values()].sort((a, b) =>
      compareNumbers(a.uin, b.uin)
    );
    return [...this.#sorted];
  }

  /** One of them. */
  get(uin: string): AccountRecord | undefined {
    return this.#records.get(uin);
  }

  /**
   * Adds one, or changes it.
   *
   * @throws {TypeError | RangeError} Where it does not hold, or there are too many.
   */
  put(record: AccountRecord): void {
    checkRecord(record);
    if (!this.#records.has(record.uin) && this.#records.size >= ACCOUNTS) {
      throw new RangeError(
        `Cannot add an account: at most ${ACCOUNTS} are kept, got one more`,
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

  /** Removes one; tells whether it was there. */
  remove(uin: string): boolean {
    this.#sorted = undefined;
    return this.#records.delete(uin);
  }
}

function checkRecord(record: AccountRecord) {
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
