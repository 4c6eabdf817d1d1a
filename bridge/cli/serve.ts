/** `serve`: the bridge, with the embedded server unless another is named. @module */

import { type Asked, type Config, parseConfig } from "../config.ts";
import { createLog } from "../ops/log.ts";
import { type Program, startProgram } from "./program.ts";
import { listenForEnd } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the bridge until SIGINT or SIGTERM. */
export async function serve(
  args: string[],
  terminal: Terminal,
): Promise<number | Asked> {
  const config = parseConfig("serve", terminal.sources(args));
  if ("asked" in config) return config;
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  using end = listenForEnd();
  const program = await startProgram(config, log);
  for (const line of readyLines(config, program)) terminal.out(line);
  const signal = await end.received;
  log.info("Ending", { signal });
  await program.close();
  log.info("Ended", { signal });
  return 0;
}

function readyLines(config: Config, program: Program): string[] {
  const { http, qq, newToken } = program;
  if (config.logFormat === "json") {
    return [
      JSON.stringify({
        event: "ready",
        http,
        ...(qq === undefined ? {} : { qq }),
      }),
    ];
  }
  const ws = `${http.replace(/^http/, "ws")}/ws`;
  const lines = [
    `tqq is ready: ${http}`,
    `  WebSocket   ${ws}`,
    ...(qq === undefined ? [] : [`  QQ server   ${qq} for clients of 2005`]),
    ...(config.dataFolder === undefined
      ? []
      : [`  data        ${config.dataFolder}`]),
  ];
  if (newToken === undefined) {
    return [...lines, `  token       as before; another one: token add NAME`];
  }
  return [
    ...lines,
    `  console     ${http}/#token=${newToken}`,
    `  token       ${newToken} (shown this once)`,
    ...(program.madeDemo ? demoLines(http, newToken) : []),
  ];
}

function demoLines(http: string, token: string): string[] {
  return [
    `  accounts    10001 and 10002, friends, password demo; 10000, a robot that echoes`,
    ``,
    `Try it: say hello to the robot, then read what it answered.`,
    `  curl ${http}/api/send -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '{"account":"10001","to":"10000","text":"hello"}'`,
    `  curl ${http}/api/history -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '{"account":"10001","with":"10000"}'`,
  ];
}
