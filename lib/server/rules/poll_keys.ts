/** The Idempotency-Keys of GetMsgEx that count no more. @module */

import { FOLLOWED_KEYS } from "../limits.ts";
import type { Store } from "../store/store.ts";

interface Keys {
  /** Key of the last GetMsgEx that had one. */
  last: string;
  /** Keys without mail that were followed by another, oldest first. */
  followed: readonly string[];
}

/**
 * Which key each account used last, and which were followed by another. Those
 * that handed out mail are in the store; those that found none are here.
 */
export class PollKeys {
  readonly #store: Store;
  readonly #byUin = new Map<string, Keys>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Whether a key was followed by another: its mail may be gone, and what is marked now is another reader's. */
  isFollowed(uin: string, key: string): boolean {
    return this.#store.isFollowedKey(uin, key) ||
      (this.#byUin.get(uin)?.followed.includes(key) ?? false);
  }

  /**
   * Notes that a key is used, and returns how to take that back.
   *
   * @param marked The key of the mail that is handed out: the store remembers it.
   */
  use(uin: string, key: string, marked: string | undefined): () => void {
    const before = this.#byUin.get(uin);
    if (before?.last === key) return () => {};
    const followed = before === undefined
      ? []
      : before.last === marked
      ? before.followed
      : [...before.followed, before.last].slice(-FOLLOWED_KEYS);
    this.#byUin.set(uin, { last: key, followed });
    return () => {
      if (before === undefined) this.#byUin.delete(uin);
      else this.#byUin.set(uin, before);
    };
  }

  /** Removes the keys of an account. */
  delete(uin: string): void {
    this.#byUin.delete(uin);
  }
}
