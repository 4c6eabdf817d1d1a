/** Lists that come in pages. @module */

import type { Page } from "../protocol/pages.ts";

/** Most entries asked for in a page; the old server gave no more. */
export const PAGE_ENTRIES = 120;

/** Most pages asked for: a list that is longer ends there. */
export const MOST_PAGES = 1000;

/**
 * All entries of a list, each once. Ends at the last page, or at one that
 * brings no new number: some servers ignore where to go on.
 *
 * @param read Reads the page behind a number, `"0"` at first.
 * @param uinOf The number of an entry.
 */
export async function readPages<T>(
  read: (after: string) => Promise<Page<T>>,
  uinOf: (entry: T) => string,
): Promise<T[]> {
  const found = new Map<string, T>();
  let after = "0";
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const { complete, entries } = await read(after);
    const before = found.size;
    for (const entry of entries) {
      const uin = uinOf(entry);
      if (!found.has(uin)) found.set(uin, entry);
    }
    if (complete || found.size === before) break;
    after = uinOf(entries.at(-1)!);
  }
  return [...found.values()];
}
