/** Keyed commands of a journal in memory. @module */

import type { IdempotencyRecord, Outcome } from "./journal.ts";
import {
  KEY_LIFE_MS,
  MEMORY_KEYS,
  tooManyKeys,
  tooManyKeysInAll,
} from "./limits.ts";

interface Entry {
  readonly command: Omit<IdempotencyRecord, "outcome">;
  /** JSON text, as on disk; null while the outcome is unknown. */
  outcome: string | null;
}

/** Remembers keyed commands for 24 hours. */
export class MemoryKeys {
  readonly #mostOfAccount: number;
  readonly #most: number;
  readonly #accounts = new Map<string, Map<string, Entry>>();
  #size = 0;

  constructor(mostOfAccount: number, most = MEMORY_KEYS) {
    this.#mostOfAccount = mostOfAccount;
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
      if ((keys?.size ?? 0) >= this.#mostOfAccount) {
        throw tooManyKeys(account, this.#mostOfAccount);
      }
      if (this.#size >= this.#most) this.expire(now, Infinity);
      if (this.#size >= this.#most) throw tooManyKeysInAll(this.#most);
      this.#size++;
    }
    keys = this.#accounts.get(account) ?? new Map<string, Entry>();
    this.#accounts.set(account, keys);
    // Deleted first, so that an account's keys stay ordered by time.
    keys.delete(key);
    keys.set(key, { command, outcome });
  }

  finish(account: string, key: string, outcome: string): void {
    const entry = this.#accounts.get(account)?.get(key);
    if (entry !== undefined) entry.outcome = outcome;
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
  }

  #expireOf(account: string, now: number, most: number): number {
    const keys = this.#accounts.get(account);
    if (keys === undefined) return 0;
    let gone = 0;
    for (const [key, entry] of keys) {
      if (gone >= most || !isOld(entry, now)) break;
      keys.delete(key);
      gone++;
    }
    if (keys.size === 0) this.#accounts.delete(account);
    this.#size -= gone;
    return gone;
  }
}

function isOld({ command }: Entry, now: number): boolean {
  return command.at <= now - KEY_LIFE_MS;
}
