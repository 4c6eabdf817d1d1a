/** The Idempotency-Keys of GetMsgEx that count no more. @module */

import type { Clock } from "../../clock.ts";
import { FOLLOWED_KEYS, RECENT_KEYS, RECENT_KEYS_MS } from "../limits.ts";
import type { Store } from "../store/store.ts";

interface Keys {
  /** Key of the last GetMsgEx that had one. */
  last: string;
  /** Keys without mail that were followed by another, oldest first. */
  followed: readonly string[];
  /** All keys that were followed of late, oldest first. */
  recent: readonly { readonly key: string; readonly at: number }[];
}

/**
 * Which key each account used last, and which were followed by another. Those
 * that handed out mail are in the store; those that found none are here.
 */
export class PollKeys {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #byUin = new Map<string, Keys>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Whether a key was followed by another: its mail may be gone, and what is marked now is another reader's. */
  isFollowed(uin: string, key: string): boolean {
    if (this.#store.isFollowedKey(uin, key)) return true;
    const keys = this.#byUin.get(uin);
    if (keys === undefined) return false;
    const since = this.#clock.now() - RECENT_KEYS_MS;
    return keys.followed.includes(key) ||
      keys.recent.some((one) => one.key === key && one.at > since);
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
    const at = this.#clock.now();
    const recent = before === undefined ? [] : [
      ...before.recent.filter((one) => one.at > at - RECENT_KEYS_MS),
      { key: before.last, at },
    ].slice(-RECENT_KEYS);
    this.#byUin.set(uin, { last: key, followed, recent });
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
