/** Accounts that the bridge logs in, as a store keeps them. @module */

import type { Status } from "../../mod.ts";

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
