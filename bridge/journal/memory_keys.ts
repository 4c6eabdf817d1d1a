/** Keyed commands of a journal in memory. @module */

import type { IdempotencyRecord, Outcome } from "./journal.ts";
import {
  type JournalLimits,
  KEY_LIFE_MS,
  KEYED_BYTES,
  MEMORY_KEYS,
  tooManyKeyBytes,
  tooManyKeys,
  tooManyKeysInAll,
} from "./limits.ts";

interface Entry {
  command: Omit<IdempotencyRecord, "outcome">;
  /** JSON text, as on disk; null while the outcome is unknown. */
  outcome: string | null;
}

type KeyLimits = Pick<
  Required<JournalLimits>,
  "keysPerAccount" | "keyBytesPerAccount"
>;

/** Remembers keyed commands for 24 hours. */
export class MemoryKeys {
  readonly #limits: KeyLimits;
  readonly #most: number;
  readonly #accounts = new Map<string, Map<string, Entry>>();
  /** Bytes of the outcomes and requests of an account. */
  readonly #bytes = new Map<string, number>();
  #size = 0;

  constructor(limits: KeyLimits, most = MEMORY_KEYS) {
    this.#limits = limits;
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** A command; undefined if it is unknown or expired. */
  get(
    account: string,
    key: string,
    now: number,
  ): IdempotencyRecord | undefined {
    const entry = this.#accounts.get(account)?.get(key);
    if (entry === undefined || isOld(entry, now)) return undefined;
    const { command, outcome } = entry;
    return {
      ...command,
      ...(outcome === null ? {} : { outcome: JSON.parse(outcome) as Outcome }),
    };
  }

  /** Throws JournalLimitError if a limit is reached. */
  put(
    account: string,
    key: string,
    { outcome: _, ...command }: IdempotencyRecord,
    outcome: string | null,
    now: number,
  ): void {
    this.#expireOf(account, now, Infinity);
    let keys = this.#accounts.get(account);
    if (keys?.has(key) !== true) {
      const { keysPerAccount, keyBytesPerAccount } = this.#limits;
      if ((keys?.size ?? 0) >= keysPerAccount) {
        throw tooManyKeys(account, keysPerAccount);
      }
      if ((this.#bytes.get(account) ?? 0) >= keyBytesPerAccount) {
        throw tooManyKeyBytes(account, keyBytesPerAccount);
      }
      if (this.#size >= this.#most) this.expire(now, Infinity);
      if (this.#size >= this.#most) throw tooManyKeysInAll(this.#most);
      this.#size++;
    }
    keys = this.#accounts.get(account) ?? new Map<string, Entry>();
    this.#accounts.set(account, keys);
    // Deleted first, so that an account's keys stay ordered by time.
    this.#grow(account, -bytesOf(keys.get(key)));
    keys.delete(key);
    const entry = { command, outcome };
    keys.set(key, entry);
    this.#grow(account, bytesOf(entry));
  }

  finish(account: string, key: string, outcome: string): void {
    const entry = this.#accounts.get(account)?.get(key);
    if (entry === undefined) return;
    this.#grow(account, -bytesOf(entry));
    entry.outcome = outcome;
    // What repeats a command is not needed once it has an outcome.
    entry.command = { ...entry.command, upstreamKey: "", upstreamSeq: "" };
    this.#grow(account, bytesOf(entry));
  }

  /** Drops at most `most` expired commands; returns how many. */
  expire(now: number, most: number): number {
    let gone = 0;
    for (const account of this.#accounts.keys()) {
      if (gone >= most) break;
      gone += this.#expireOf(account, now, most - gone);
    }
    return gone;
  }

  forget(account: string): void {
    this.#size -= this.#accounts.get(account)?.size ?? 0;
    this.#accounts.delete(account);
    this.#bytes.delete(account);
  }

  #grow(account: string, bytes: number): void {
    const grown = (this.#bytes.get(account) ?? 0) + bytes;
    if (grown === 0) this.#bytes.delete(account);
    else this.#bytes.set(account, grown);
  }

  #expireOf(account: string, now: number, most: number): number {
    const keys = this.#accounts.get(account);
    if (keys === undefined) return 0;
    let gone = 0;
    for (const [key, entry] of keys) {
      if (gone >= most || !isOld(entry, now)) break;
      keys.delete(key);
      this.#grow(account, -bytesOf(entry));
      gone++;
    }
    if (keys.size === 0) this.#accounts.delete(account);
    this.#size -= gone;
    return gone;
  }
}

/** Approximate bytes of an entry. */
function bytesOf(entry: Entry | undefined): number {
  if (entry === undefined) return 0;
  return KEYED_BYTES + (entry.outcome?.length ?? 0);
}

function isOld({ command }: Entry, now: number): boolean {
  return command.at <= now - KEY_LIFE_MS;
}
