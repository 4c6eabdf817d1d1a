/** What a journal holds of an account's polls, and what a batch changes there. @module */

import type { JournalledPoll } from "./journal.ts";

/** The polls of an account that a journal holds. */
export interface PollState {
  /** The number of the last poll that is journalled whole; 0 before the first. */
  readonly number: number;
  /** How many parts of the next one are journalled. */
  readonly parts: number;
  /** Whether the server honoured the key of the last one; absent if that is not known. */
  readonly repeats?: boolean | undefined;
}

/** Nothing is journalled. */
export const NO_POLLS: PollState = { number: 0, parts: 0 };

/**
 * The state once a batch is stored; undefined if the batch is a repetition of
 * what is held, so that it must be dropped whole.
 *
 * @throws {RangeError} If a part before this one is missing.
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
  // Other mail under a number that is held: numbers never go back.
  if (number <= state.number) return { ...state, repeats };
  return last
    ? { number, parts: 0, repeats }
    : { number: number - 1, parts: part + 1, repeats };
}
