/** Requests that act and whose answer was lost: what is known, and how more is found out. @module */

import { type Clock, sleep } from "../../lib/clock.ts";
import { QqError } from "../../mod.ts";
import { CommandError } from "./grant.ts";

/** Between two tries of a request whose answer was lost. */
const REPEAT_GAP_MS = 1000;

/** What a repetition needs. */
export interface Repetition {
  /** Time. */
  readonly clock: Clock;
  /** For how long it is repeated, in milliseconds. */
  readonly repeatMs: number;
  /** Whether the server knows keys, so that repeating is safe. */
  honoursKeys(): boolean;
  /** Ends the repetition. */
  readonly signal?: AbortSignal;
  /** An earlier try whose end nobody knows; absent where this is the first. */
  readonly lost?: CommandError | undefined;
}

/** Sends a request, and repeats it where its answer was lost and that is safe. */
export async function untilAnswered<T>(
  send: () => Promise<T>,
  { clock, repeatMs, honoursKeys, signal, lost: before }: Repetition,
): Promise<T> {
  const until = clock.now() + repeatMs;
  let lost = before;
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (leavesOpen(error)) lost = unknownOutcome(error);
      // Once an answer was lost, only one that the server gives tells how it ended.
      if (lost === undefined || isAnswer(error)) throw error;
      if (!(error instanceof QqError)) throw lost;
      if (!honoursKeys() || clock.now() >= until) throw lost;
      await sleep(clock, REPEAT_GAP_MS, signal).catch(() => {});
      if (signal?.aborted) throw lost;
    }
  }
}

/** Whether the request may have acted for all that an error says. */
function leavesOpen(error: unknown): error is QqError {
  if (!(error instanceof QqError)) return false;
  switch (error.code) {
    case "outcome_unknown":
    case "malformed_reply":
      return true;
    case "unreachable":
      // Something answered, with a status: it may have passed the request on.
      return error.cause === undefined;
    default:
      return false;
  }
}

/** Whether the server has said how the request ended. With RES=20 it did not look at the key. */
function isAnswer(error: unknown): boolean {
  return error instanceof QqError && error.res !== undefined &&
    error.code !== "not_logged_in";
}

function unknownOutcome(error: QqError): CommandError {
  return new CommandError("outcome_unknown", error.message, { cause: error });
}
