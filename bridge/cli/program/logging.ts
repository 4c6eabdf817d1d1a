/** Log and ready lines of a long-running program. @module */

import { type Config, LOG_LEVELS } from "../../config/config.ts";
import { LogRing } from "../../ops/log_ring.ts";
import type { LiveSetting } from "../../ops/runtime_settings.ts";
import { LineWriter } from "../../ops/line_writer.ts";
import { createLog, type Log, type LogLevel } from "../../ops/log.ts";
import type { Terminal } from "../terminal.ts";

/** A log whose disposal waits until its lines are written. */
export interface Logging extends AsyncDisposable {
  readonly log: Log;
  /** The last entries of the log, in memory. */
  readonly ring: LogRing;
  /** The lowest level that is written, which can be changed. */
  readonly level: LiveSetting;
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
  const ring = new LogRing();
  let level: LogLevel = logLevel;
  const log = createLog({
    level: () => level,
    ring,
    format: logFormat,
    write: (line) => lines.write(line),
  });
  const live: LiveSetting = {
    values: LOG_LEVELS,
    get: () => level,
    set: (value) => level = value as LogLevel,
  };
  return { log, ring, level: live, [Symbol.asyncDispose]: () => lines.flush() };
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
