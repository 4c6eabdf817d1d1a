/** Splits a poll's mail into the parts in which it is journalled. @module */

import type { MailItem } from "../../mod.ts";

/** Maximum number of items of a part. */
const PART_ITEMS = 500;

/** Maximum number of characters of a part's texts, unless it has one item, because a part is written in one transaction. */
const PART_CHARACTERS = 256 * 1024;

/** Some of a poll's items. */
export interface MailPart {
  items: readonly MailItem[];
  /** Index, starting with 0. */
  part: number;
  /** Whether this is the last part. */
  last: boolean;
}

/** Splits mail into at least one part. The same mail always has the same parts. */
export function* mailParts(items: readonly MailItem[]): Generator<MailPart> {
  let from = 0;
  let part = 0;
  do {
    let end = from;
    for (let characters = 0; end < items.length; end++) {
      characters += lengthOf(items[end]!);
      const isFull = end - from >= PART_ITEMS || characters > PART_CHARACTERS;
      if (isFull && end > from) break;
    }
    yield { items: items.slice(from, end), part, last: end >= items.length };
    from = end;
    part++;
  } while (from < items.length);
}

function lengthOf(item: MailItem): number {
  if (item.type === "status") return 0;
  return item.type === "unreadable" ? item.raw.length : item.text.length;
}
