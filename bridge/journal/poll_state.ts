/** What a journal stores of an account's polls. @module */

import type { JournalledPoll } from "./journal.ts";

/** State of an account's polls in a journal. */
export interface PollState {
  /** Number of the last fully journalled poll; 0 before the first. */
  readonly number: number;
  /** Number of journalled parts of the next poll. */
  readonly parts: number;
  /** Whether the server honoured the key of the last poll; undefined if unknown. */
  readonly repeats?: boolean | undefined;
}

/** The state before the first poll. */
export const NO_POLLS: PollState = { number: 0, parts: 0 };

/**
 * The state after a batch is stored; undefined if the batch repeats what is
 * stored, so that it must be dropped.
 *
 * @throws {RangeError} If an earlier part is missing.
 */
export function pollStateAfter(
  state: PollState,
  poll: JournalledPoll,
): PollState | undefined {
  const { account, number, part = 0, last = true } = poll;
  const repeats = poll.repeats ?? state.repeats;
  const parts = number === state.number + 1 ? state.parts : 0;
  if (poll.repeats) {
    if (number <= state.number || part < parts) return undefined;
    if (part > parts) {
      throw new RangeError(
        `Cannot journal a part of a poll of ${account}: its index must be ${parts}, got ${part}`,
      );
    }
  }
  // Other mail under a stored number: numbers never decrease.
  if (number <= state.number) return { ...state, repeats };
  return last
    ? { number, parts: 0, repeats }
    : { number: number - 1, parts: part + 1, repeats };
}
