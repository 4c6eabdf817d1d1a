/** From whatever a command fails with to what its caller is told. @module */

import { QqError } from "../../mod.ts";
import { JournalLimitError, JournalWriteError } from "../journal/errors.ts";
import { CommandError } from "./grant.ts";

/** Any error as what the caller is told. */
export function commandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof QqError) {
    return new CommandError(error.code, error.message, {
      cause: error,
      ...(error.code === "penalised" ? { retryAfterMs: 20_000 } : {}),
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
  // Nothing was sent yet where a command cannot be remembered.
  if (
    error instanceof JournalLimitError || error instanceof JournalWriteError
  ) return new CommandError("overloaded", error.message, { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  return new CommandError("internal", `Internal error: ${message}`, {
    cause: error,
  });
}

/** A read that ends with its account's client has no outcome that matters. */
export function stopped(error: unknown): never {
  if (!(error instanceof DOMException)) throw error;
  throw new CommandError(
    "overloaded",
    "Cannot read: the bridge stops the account",
    { cause: error },
  );
}
