/** A wait that ends in time. @module */

import type { Clock } from "../../lib/clock.ts";
import { CommandError } from "../errors/command_error.ts";

/** Waits until the deadline; `late` makes the error of what has not ended by then. */
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
  // Whoever waits may be gone when it fails.
  done.catch(() => {});
  try {
    return await Promise.race([done, promise]);
  } finally {
    cancel();
  }
}
