/** The Idempotency-Keys of polls. @module */

import type { Journal } from "../journal/journal.ts";

/** Stores the key of each account's next poll outside the journal, in case the journal is lost. */
export interface PollKeys {
  /** Returns the stored key of an account. */
  get(uin: string): string | undefined;
  /** Stores a key; it is durable when this returns. */
  put(uin: string, key: string): void;
}

/** Maximum number of keys in {@linkcode MemoryPollKeys}; the oldest are dropped. */
const KEYS_IN_MEMORY = 1000;

/** Keeps keys in memory. */
export class MemoryPollKeys implements PollKeys {
  readonly #keys = new Map<string, string>();

  get(uin: string): string | undefined {
    return this.#keys.get(uin);
  }

  put(uin: string, key: string): void {
    this.#keys.delete(uin);
    this.#keys.set(uin, key);
    if (this.#keys.size <= KEYS_IN_MEMORY) return;
    this.#keys.delete(this.#keys.keys().next().value!);
  }
}

/** The parts of a key. */
export interface PollKey {
  /** Epoch of the journal that made it. */
  readonly epoch: string;
  /** Number of the poll, counted by account. */
  readonly number: number;
}

/** Formats the key of a poll. */
export function formatPollKey(uin: string, { epoch, number }: PollKey): string {
  return `${epoch}.${uin}.${number}`;
}

/** Parses a key; undefined if it is not a key of the account. */
export function parsePollKey(uin: string, key: string): PollKey | undefined {
  const [epoch, account, digits, ...more] = key.split(".");
  const number = Number(digits);
  if (account !== uin || more.length > 0 || !Number.isSafeInteger(number)) {
    return undefined;
  }
  return { epoch: epoch!, number };
}

/**
 * The key of an account's next poll, for a journal that follows this one;
 * undefined if this one has journalled no poll of the account.
 */
export function nextPollKeyOf(
  journal: Journal,
  uin: string,
): string | undefined {
  const { epoch } = journal;
  return journal.pollEpoch(uin) === epoch
    ? formatPollKey(uin, { epoch, number: journal.polls(uin) + 1 })
    : undefined;
}
