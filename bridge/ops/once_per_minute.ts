/** A limit on repeated log lines. @module */

import type { Clock } from "../../lib/clock.ts";

const MINUTE_MS = 60_000;

/** Maximum number of keys that are remembered; the oldest is dropped. */
const MAX_KEYS = 10_000;

/** Allows each key once a minute, so that a client cannot flood the log. */
export class OncePerMinute {
  readonly #clock: Pick<Clock, "now">;
  readonly #allowedAt = new Map<string, number>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Whether the key was not allowed within the last minute; it now is. */
  take(key: string): boolean {
    const now = this.#clock.now();
    const allowedAt = this.#allowedAt.get(key) ?? -Infinity;
    if (now - allowedAt < MINUTE_MS) return false;
    this.#allowedAt.delete(key);
    this.#allowedAt.set(key, now);
    if (this.#allowedAt.size > MAX_KEYS) {
      this.#allowedAt.delete(this.#allowedAt.keys().next().value!);
    }
    return true;
  }
}
