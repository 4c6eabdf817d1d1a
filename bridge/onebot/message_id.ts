/** Positions in the journal and `message_id`s, converted both ways. @module */

import type { JournalRange } from "../journal/journal.ts";

/** The largest id, which the id 1 follows. */
export const MAX_MESSAGE_ID = 2 ** 31 - 1;

/** Returns the id of the event at a position: positive, 32 bits, the same on replay and after a restart. */
export function messageIdOf(seq: number): number {
  return (seq - 1) % MAX_MESSAGE_ID + 1;
}

/** Returns the newest position that has an id and may hold an event; `undefined` if there is none. */
export function seqOfMessage(
  id: number,
  { oldest, head, lost }: Pick<JournalRange, "oldest" | "head" | "lost">,
): number | undefined {
  if (id < 1 || id > MAX_MESSAGE_ID) return undefined;
  // The ranges of positions between those that were lost, the newest first.
  const starts = [...lost.map(({ to }) => to + 1).reverse(), oldest];
  const ends = [head, ...lost.map(({ from }) => from - 1).reverse()];
  for (const [index, end] of ends.entries()) {
    const seq = id + Math.floor((end - id) / MAX_MESSAGE_ID) * MAX_MESSAGE_ID;
    if (seq >= starts[index]!) return seq;
  }
  return undefined;
}
