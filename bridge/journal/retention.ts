/** Decides which events expire. @module */

import type { Retention } from "./journal.ts";

const DAY_MS = 24 * 60 * 60_000;

/** What retention needs to know of an event. */
export interface Aged {
  /** When it was journalled. */
  readonly at: number;
  /** Bytes of all events from this one on. */
  readonly bytesLeft: number;
}

/**
 * How many of the oldest events expire, because they are too old or all
 * together too large. The first one that is kept ends the search, so that kept
 * events have no holes.
 *
 * @param most Maximum number of expired events; `more` is true if there are
 * others.
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
