/** Log and ready lines of a long-running program. @module */

import type { Config } from "../../config/config.ts";
import { LineWriter } from "../../ops/line_writer.ts";
import { createLog, type Log } from "../../ops/log.ts";
import type { Terminal } from "../terminal.ts";

/** A log whose disposal waits until its lines are written. */
export interface Logging extends AsyncDisposable {
  readonly log: Log;
}

/** Logs to standard error without blocking the program when the reader is slow. */
export function startLogging({ logLevel, logFormat }: Config): Logging {
  const lines = new LineWriter({
    write: (bytes) => Deno.stderr.write(bytes),
    lost: (count) =>
      log.warn("log lines were dropped because standard error is not read", {
        count,
      }),
  });
  const log = createLog({
    level: logLevel,
    format: logFormat,
    write: (line) => lines.write(line),
  });
  return { log, [Symbol.asyncDispose]: () => lines.flush() };
}

/**
 * Writes the lines that announce that the program is ready.
 *
 * @returns False if the lines could not be written.
 */
export function announce(
  terminal: Terminal,
  lines: readonly string[],
  log: Log,
): boolean {
  try {
    for (const line of lines) terminal.out(line);
    return true;
  } catch (error) {
    log.warn("cannot write to standard output", { error });
    return false;
  }
}
