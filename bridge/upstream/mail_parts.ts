/** A poll's mail in the parts in which it is journalled. @module */

import type { MailItem } from "../../mod.ts";

/** Most items of a part. */
const PART_ITEMS = 500;

/** Most characters of a part's texts, though always one item: a part is written at one go. */
const PART_CHARACTERS = 256 * 1024;

/** Some of a poll's items. */
export interface MailPart {
  /** The items, in order. */
  items: readonly MailItem[];
  /** Its index, from 0. */
  part: number;
  /** Whether it is the last part. */
  last: boolean;
}

/** The parts of a poll's mail, at least one. The same mail is always cut in the same places. */
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
