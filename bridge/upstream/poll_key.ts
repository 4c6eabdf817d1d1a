/** The Idempotency-Keys of polls, and where they are kept for the time when the journal is lost. @module */

import type { Journal } from "../journal/journal.ts";

/** Where an account's next key is kept beside the journal, in `bridge.db`. */
export interface PollKeys {
  /** The key that was kept for an account. */
  get(uin: string): string | undefined;
  /** Keeps one; durable when it returns. */
  put(uin: string, key: string): void;
}

/** Most keys that {@linkcode MemoryPollKeys} holds; of more, the oldest are dropped. */
const KEYS_IN_MEMORY = 1000;

/** Keys in memory. */
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

/** What a key says. */
export interface PollKey {
  /** The epoch of the journal that made it. */
  readonly epoch: string;
  /** Its number among the account's polls. */
  readonly number: number;
}

/** The key of an account's poll. */
export function formatPollKey(uin: string, { epoch, number }: PollKey): string {
  return `${epoch}.${uin}.${number}`;
}

/** The parts of a key; undefined if it is not one of the account's. */
export function parsePollKey(uin: string, key: string): PollKey | undefined {
  const [epoch, account, digits, ...more] = key.split(".");
  const number = Number(digits);
  if (account !== uin || more.length > 0 || !Number.isSafeInteger(number)) {
    return undefined;
  }
  return { epoch: epoch!, number };
}

/**
 * The key that an account's next poll would carry, for a journal that follows
 * this one; undefined while this one has journalled no poll of the account.
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
