/** Which of the oldest events retention no longer keeps. @module */

import type { Retention } from "./journal.ts";

const DAY_MS = 24 * 60 * 60_000;

/** An event, as retention sees it. */
export interface Aged {
  /** When it was journalled. */
  readonly at: number;
  /** Bytes of all events from this one on. */
  readonly bytesLeft: number;
}

/**
 * How many go from the front: as long as they are too old, or too many bytes.
 * The first that stays ends it, so that what is kept has no holes.
 *
 * @param most Most that go; `more` tells whether another would.
 */
export function countExpired(
  oldest: readonly Aged[],
  most: number,
  now: number,
  { days, bytes }: Retention,
): { count: number; more: boolean } {
  const before = now - days * DAY_MS;
  const stays = oldest.findIndex(({ at, bytesLeft }) =>
    at >= before && bytesLeft <= bytes
  );
  const going = stays === -1 ? oldest.length : stays;
  return { count: Math.min(going, most), more: going > most };
}
