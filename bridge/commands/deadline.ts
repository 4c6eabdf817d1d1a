/** Waiting with a deadline. @module */

import type { Clock } from "../../lib/clock.ts";
import { CommandError } from "../errors/command_error.ts";

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
