/** Write commands whose reply was lost: what is known of them, and how the bridge finds out more. @module */

import { type Clock, sleep } from "../../lib/clock.ts";
import { QqError, TransportError } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";

/** Between two tries of a request whose reply was lost. */
const REPEAT_GAP_MS = 1000;

/** So many closes without a reply, one after the other, mean that the server refuses the request. */
const REFUSING_CLOSES = 3;

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
  /** An earlier try whose outcome is unknown; absent if this is the first. */
  readonly lost?: CommandError | undefined;
}

/**
 * Sends a request, and repeats it if its reply was lost and a repeat is safe.
 *
 * Three closes in a row end as `rejected`, unless another try may have acted:
 * one that was not answered in time, for instance.
 */
export async function retryUntilAnswered<T>(
  send: () => Promise<T>,
  { clock, repeatMs, honoursKeys, signal, lost: before }: Repetition,
): Promise<T> {
  const until = clock.now() + repeatMs;
  let lost = before;
  let onlyCloses = before === undefined;
  let closes = 0;
  for (;;) {
    try {
      return await send();
    } catch (error) {
      const isClose = isCloseWithoutReply(error);
      closes = isClose ? closes + 1 : 0;
      if (leavesOpen(error)) {
        lost = unknownOutcome(error);
        onlyCloses &&= isClose;
      }
      // Once a reply was lost, only a reply of the server says how the request ended.
      if (lost === undefined || isAnswer(error)) throw error;
      if (!(error instanceof QqError) || !honoursKeys()) throw lost;
      if (closes >= REFUSING_CLOSES && onlyCloses) throw refused(error);
      if (clock.now() >= until) throw lost;
      await sleep(clock, REPEAT_GAP_MS, signal).catch(() => {});
      if (signal?.aborted) throw lost;
    }
  }
}

/** Whether an error carries the server's `RES`: the server has said how the request ended. */
export function hasResult(error: unknown): boolean {
  return error instanceof QqError && error.res !== undefined;
}

/** Whether the request may have acted, as far as an error says. */
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

function isCloseWithoutReply(error: unknown): boolean {
  return error instanceof QqError && error.code === "outcome_unknown" &&
    error.cause instanceof TransportError && error.cause.kind === "closed";
}

/** With RES=20 the server did not look at the key. */
function isAnswer(error: unknown): boolean {
  return hasResult(error) && (error as QqError).code !== "not_logged_in";
}

function unknownOutcome(error: QqError): CommandError {
  return new CommandError("outcome_unknown", error.message, { cause: error });
}

function refused({ cmd, cause }: QqError): CommandError {
  return new CommandError(
    "rejected",
    `Cannot do ${cmd}: the server must reply, got ${REFUSING_CLOSES} closes without a reply. Check its parameters, and send it again with the same key.`,
    { cause },
  );
}
