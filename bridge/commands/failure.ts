/** Converting any failure to a CommandError. @module */

import { QqError } from "../../mod.ts";
import { JournalLimitError, JournalWriteError } from "../journal/limits.ts";
import { isDiskError, RETRY_WRITE_MS } from "../sqlite/errors.ts";
import { CommandError } from "../errors/command_error.ts";

/**
 * RES=3 after at least this long is a rate penalty: the server delays those
 * replies. An immediate RES=3 means that this command is impossible.
 */
const LATE_MS = 1000;

/** Delay before the next try after a penalty, in milliseconds. */
const PENALTY_MS = 20_000;

/**
 * Converts an error to the one that the caller receives.
 *
 * @param tookMs How long the command was under way.
 */
export function toCommandError(error: unknown, tookMs = 0): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof QqError) {
    const isPenalty = error.code === "penalised" && tookMs >= LATE_MS;
    return new CommandError(error.code, error.message, {
      cause: error,
      ...(isPenalty ? { retryAfterMs: PENALTY_MS } : {}),
    });
  }
  // The account's client was closed before anything was sent.
  if (error instanceof DOMException && error.name === "InvalidStateError") {
    return new CommandError(
      "overloaded",
      "Command was not sent: the bridge stops the account",
      { cause: error },
    );
  }
  // The account's client was closed while the request was under way.
  if (error instanceof DOMException && error.name === "AbortError") {
    return new CommandError(
      "outcome_unknown",
      "Cannot tell how the command ended: the bridge stops the account",
      { cause: error },
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  // Nothing was sent yet where a command cannot be remembered.
  if (error instanceof JournalLimitError) {
    return new CommandError("overloaded", message, { cause: error });
  }
  if (error instanceof JournalWriteError || isDiskError(error)) {
    return new CommandError(
      "overloaded",
      error instanceof JournalWriteError
        ? message
        : `Cannot write the bridge's data: ${message}. Free disk space, and send it again after the delay in retryAfterMs.`,
      { cause: error, retryAfterMs: RETRY_WRITE_MS },
    );
  }
  return new CommandError("internal", `Internal error: ${message}`, {
    cause: error,
  });
}

/** Converts the error of a query whose account was closed: it changed nothing, so it can be repeated. */
export function rejectAsStopped(error: unknown): never {
  if (!(error instanceof DOMException)) throw error;
  throw new CommandError(
    "overloaded",
    "Cannot read: the bridge stops the account",
    { cause: error },
  );
}
