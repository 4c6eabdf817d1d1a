/** Deadlines of commands, and repeating those whose reply was lost. @module */

import { type Clock, sleep } from "../../lib/clock.ts";
import { QqError, TransportError } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";

/** Pause before a request whose reply was lost is repeated, in milliseconds. */
const REPEAT_GAP_MS = 1000;

/** Number of consecutive closes without a reply after which the request counts as rejected. */
const REFUSING_CLOSES = 3;

/** How a request is repeated. */
export interface Repetition {
  readonly clock: Clock;
  /** How long the request is repeated, in milliseconds. */
  readonly repeatMs: number;
  /** Whether the server honours keys, so that a repetition is safe. */
  honoursKeys(): boolean;
  /** Stops the repetition when aborted. */
  readonly signal?: AbortSignal;
  /** The error of an earlier try whose outcome is unknown; absent for a first try. */
  readonly lost?: CommandError | undefined;
}

/**
 * Sends a request, and repeats it if its reply was lost and a repeat is safe.
 *
 * Three closes in a row end as `rejected`, unless another try may have been
 * executed, such as one that timed out.
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

/** Whether the request may have been executed although it failed with this error. */
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

/** RES=20 is not an answer, because the server did not read the key. */
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

/** Resolves with `done`, or rejects with the error that `late` returns if the deadline comes first. */
export async function withDeadline<T>(
  clock: Clock,
  deadlineMs: number,
  done: Promise<T>,
  late: (timeout: CommandError) => CommandError,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(deadlineMs, () =>
    reject(
      late(new CommandError("timeout", `No answer within ${deadlineMs} ms`)),
    ));
  // Prevents an unhandled rejection when the deadline wins the race.
  done.catch(() => {});
  try {
    return await Promise.race([done, promise]);
  } finally {
    cancel();
  }
}
