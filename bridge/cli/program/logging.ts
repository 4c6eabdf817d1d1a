/** The log of a program that runs for long. @module */

import type { Config } from "../../config/config.ts";
import { LineWriter } from "../../ops/line_writer.ts";
import { createLog, type Log } from "../../ops/log.ts";
import type { Terminal } from "../terminal.ts";

/** A log, until what it was told is written. */
export interface Logging extends AsyncDisposable {
  /** The log. */
  readonly log: Log;
}

/** Logs to standard error; who does not read there stops nothing. */
export function startLogging({ logLevel, logFormat }: Config): Logging {
  const lines = new LineWriter({
    write: (bytes) => Deno.stderr.write(bytes),
    lost: (count) =>
      log.warn("Lines of the log were lost: nobody read them", { count }),
  });
  const log = createLog({
    level: logLevel,
    format: logFormat,
    write: (line) => lines.write(line),
  });
  return { log, [Symbol.asyncDispose]: () => lines.flush() };
}

/**
 * Says that the program is ready; it runs all the same if nobody can hear it.
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
    log.warn("Cannot write to standard output", { error });
    return false;
  }
}
