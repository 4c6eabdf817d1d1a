/** The Idempotency-Keys of GetMsgEx that count no more. @module */

import type { Clock } from "../../clock.ts";
import { FOLLOWED_KEYS, RECENT_KEYS, RECENT_KEYS_MS } from "../limits.ts";
import type { Store } from "../store/store.ts";

interface Keys {
  /** Key of the last GetMsgEx that had one. */
  last: string;
  /** Keys without mail that were followed by another, oldest first. */
  followed: readonly string[];
  /** When each key was followed that was followed of late, oldest first. Changed in place: it is long where polls are frequent. */
  readonly recent: Map<string, number>;
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
    return (keys.recent.get(key) ?? -Infinity) > since ||
      keys.followed.includes(key);
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
    const recent = before?.recent ?? new Map<string, number>();
    this.#byUin.set(uin, { last: key, followed, recent });
    if (before === undefined) return () => this.#byUin.delete(uin);
    const { last } = before;
    const atBefore = recent.get(last);
    const now = this.#clock.now();
    note(recent, last, now);
    forget(recent, now - RECENT_KEYS_MS);
    return () => {
      this.#byUin.set(uin, before);
      if (atBefore === undefined) recent.delete(last);
      else recent.set(last, atBefore);
    };
  }

  /** Removes the keys of an account. */
  delete(uin: string): void {
    this.#byUin.delete(uin);
  }
}

/** Notes a key as the one that was followed last. */
function note(recent: Map<string, number>, key: string, at: number): void {
  recent.delete(key);
  recent.set(key, at);
}

/** Drops keys that were followed before a time, and the oldest beyond the limit. */
function forget(recent: Map<string, number>, since: number): void {
  for (const [key, at] of recent) {
    if (at > since && recent.size <= RECENT_KEYS) return;
    recent.delete(key);
  }
}
