/** Running the changes of local commands. @module */

import { CommandError } from "../../errors/command_error.ts";
import { isFatal, RETRY_WRITE_MS } from "../../sqlite/errors.ts";

/** Runs a change. Values that a service rejects are `bad_params`, and a failing disk is `overloaded`. */
export async function change<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (isFatal(error)) {
      throw new CommandError(
        "overloaded",
        `Cannot write the data folder: ${(error as Error).message}`,
        { retryAfterMs: RETRY_WRITE_MS, cause: error },
      );
    }
    if (error instanceof RangeError || error instanceof TypeError) {
      throw new CommandError("bad_params", error.message, { cause: error });
    }
    throw error;
  }
}
