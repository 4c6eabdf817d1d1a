/** How far a reader is behind. @module */

import type { Journal } from "../journal/journal.ts";

/**
 * Number of positions after a position that may hold an event. Trimmed and lost
 * ones do not count.
 */
export function countLag(
  { head, oldest, lost }: Pick<Journal, "head" | "oldest" | "lost">,
  position: number,
): number {
  const from = Math.max(position, oldest - 1);
  let lag = Math.max(0, head - from);
  for (const range of lost) {
    const missing = Math.min(range.to, head) - Math.max(range.from - 1, from);
    lag -= Math.max(0, missing);
  }
  return lag;
}
