/** `serve`: the bridge, with the embedded server unless another is named. @module */

import { type Asked, parseConfig } from "../../config/config.ts";
import { exportsTraces, TRACES_WARNING } from "../../ops/log.ts";
import { announce, startLogging } from "../program/logging.ts";
import { startProgram } from "../program/program.ts";
import { listenForEnd } from "../program/signals.ts";
import { formatWelcome } from "../program/welcome.ts";
import { requireRights } from "../rights.ts";
import type { Terminal } from "../terminal.ts";

/** Runs the bridge until a signal ends it. */
export async function serve(
  args: string[],
  terminal: Terminal,
): Promise<number | Asked> {
  const config = parseConfig("serve", terminal.sources(args));
  if ("asked" in config) return config;
  requireRights(config, "serve");
  await using logging = startLogging(config);
  const { log } = logging;
  if (exportsTraces((name) => Deno.env.get(name))) log.warn(TRACES_WARNING);
  using end = listenForEnd();
  const { env } = terminal.sources(args);
  const isOutputKept = config.logFormat === "json" ||
    env("JOURNAL_STREAM") !== undefined;
  const program = await startProgram(config, log, isOutputKept, logging);
  const lines = formatWelcome({ config, program, env });
  const wasWritten = announce(terminal, lines, log);
  if (wasWritten && config.logFormat !== "json") program.tokenShown();
  const signal = await end.received;
  log.info("Ending", { signal });
  await program.close();
  log.info("Ended", { signal });
  return 0;
}
