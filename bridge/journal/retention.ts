/** Decides which events expire. @module */

import type { Retention } from "./journal.ts";

const DAY_MS = 24 * 60 * 60_000;

/** What a rule about the oldest events may depend on. */
export interface ExpiryCandidate {
  /** Time of the event, in milliseconds since 1970. */
  readonly at: number;
  /** Number of positions from the event to the end of the journal. */
  readonly age: number;
}

/** Whether an event expires, if all that are older did. */
export function isExpired(
  { at }: ExpiryCandidate,
  now: number,
  { days }: Retention,
): boolean {
  return at < now - days * DAY_MS;
}

/** An account that uses more than its share. */
export interface Excess {
  readonly account: string;
  /** Bytes to trim of its oldest events. */
  readonly bytes: number;
}

/**
 * What each account must lose so that all together fit into a number of bytes.
 * The share is max-min fair: the accounts that use most are cut to the same
 * size, and those that use less than that lose nothing.
 *
 * @returns the accounts above their share, the largest first
 */
export function excesses(
  usages: Iterable<readonly [account: string, bytes: number]>,
  mostBytes: number,
): Excess[] {
  const all = [...usages].sort(([, a], [, b]) => a - b);
  let left = mostBytes;
  for (const [index, [, bytes]] of all.entries()) {
    const share = Math.floor(left / (all.length - index));
    if (bytes > share) {
      return all.slice(index).reverse()
        .map(([account, bytes]) => ({ account, bytes: bytes - share }));
    }
    left -= bytes;
  }
  return [];
}
