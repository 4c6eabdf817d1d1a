/** A place in the journal <-> a `message_id`: positive, 32 bits, the same on replay and after a restart. @module */

import type { JournalRange } from "../journal/journal.ts";

/** How many ids there are; past so many events they begin anew. */
export const MESSAGE_IDS = 2 ** 31 - 1;

/** The id of the event at a place. */
export function messageIdOf(seq: number): number {
  return (seq - 1) % MESSAGE_IDS + 1;
}

/** The newest place that has an id and may hold an event, or undefined where none has. */
export function seqOfMessage(
  id: number,
  { oldest, head, lost }: Pick<JournalRange, "oldest" | "head" | "lost">,
): number | undefined {
  if (id < 1 || id > MESSAGE_IDS) return undefined;
  // The runs of places between lost ranges, the newest first.
  const starts = [...lost.map(({ to }) => to + 1).reverse(), oldest];
  const ends = [head, ...lost.map(({ from }) => from - 1).reverse()];
  for (const [index, end] of ends.entries()) {
    const seq = id + Math.floor((end - id) / MESSAGE_IDS) * MESSAGE_IDS;
    if (seq >= starts[index]!) return seq;
  }
  return undefined;
}
