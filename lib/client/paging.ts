/** Lists that come in pages. @module */

import type { Page } from "../protocol/pages.ts";

/** Most entries asked for in a page; the old server gave no more. */
export const PAGE_ENTRIES = 120;

/** Most entries of a list, and most pages; a longer one is malformed. */
export const LIST_LIMITS = { entries: 20_000, pages: 1000 } as const;

/**
 * All entries of a list, each once. Ends at the last page, or at one that
 * brings no new number: some servers ignore where to go on.
 *
 * @param read Reads the page behind a number, `"0"` at first.
 * @param uinOf The number of an entry.
 * @param toError Creates the error of a list that is too long.
 */
export async function readPages<T>(
  read: (after: string) => Promise<Page<T>>,
  uinOf: (entry: T) => string,
  toError: (why: string) => Error,
): Promise<T[]> {
  const found = new Map<string, T>();
  let after = "0";
  for (let pages = 1;; pages++) {
    const { complete, entries } = await read(after);
    const before = found.size;
    for (const entry of entries) {
      const uin = uinOf(entry);
      if (!found.has(uin)) found.set(uin, entry);
    }
    if (found.size > LIST_LIMITS.entries) {
      throw toError(
        `the list must have at most ${LIST_LIMITS.entries} entries, got ${found.size}`,
      );
    }
    if (complete || found.size === before) return [...found.values()];
    if (pages === LIST_LIMITS.pages) {
      throw toError(
        `the list must have at most ${LIST_LIMITS.pages} pages, got more`,
      );
    }
    after = uinOf(entries.at(-1)!);
  }
}
