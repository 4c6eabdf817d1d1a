/** Positions of journals that follow another one. @module */

import type { LostRange } from "./journal.ts";

const ORIGIN_MS = Date.UTC(2026, 0, 1);

/** More events per millisecond than any bridge journals on average. */
const POSITIONS_PER_MS = 100;

/** More events than a journal stores between a copy of it and the restore. */
const RESTORE_LEAP = 2 ** 32;

/**
 * A position above all positions of earlier journals, provided that the clock
 * is right: 100 for each millisecond since 2026. Stays a safe integer for 2,800
 * years.
 *
 * @param now When the journal is made, in milliseconds since 1970.
 */
export function freshPosition(now: number): number {
  return Math.max(0, Math.trunc((now - ORIGIN_MS) * POSITIONS_PER_MS));
}

/**
 * The position after which a journal continues that was copied or lost at
 * `known`. It is higher than `known` even if the clock was set back.
 */
export function positionBeyond(known: number, now: number): number {
  return Math.max(freshPosition(now), known + RESTORE_LEAP);
}

/** The end of the lost range in which a reader at `seq` is; `seq` if it is in none. */
export function skipLost(lost: readonly LostRange[], seq: number): number {
  return lost.find(({ from, to }) => seq >= from - 1 && seq < to)?.to ?? seq;
}

/** The last position before the next lost range after `seq`; `head` if there is none. */
export function endOfRun(
  lost: readonly LostRange[],
  seq: number,
  head: number,
): number {
  const next = lost.find(({ from }) => from - 1 > seq);
  return next === undefined ? head : Math.min(head, next.from - 1);
}
