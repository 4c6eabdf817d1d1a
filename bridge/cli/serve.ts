/** `serve`: the bridge, with the embedded server unless another is named. @module */

import { type Asked, type Config, parseConfig } from "../config.ts";
import { exportsTraces, TRACES_WARNING } from "../ops/tracing.ts";
import { announce, startLogging } from "./logging.ts";
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
  await using logging = startLogging(config);
  const { log } = logging;
  if (exportsTraces((name) => Deno.env.get(name))) log.warn(TRACES_WARNING);
  using end = listenForEnd();
  const program = await startProgram(config, log);
  announce(terminal, readyLines(config, program), log);
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
  return [
    `tqq is ready: ${http}`,
    ...(newToken === undefined ? [] : [
      `  console     ${http}/#token=${newToken}`,
    ]),
    `  WebSocket   ${ws}`,
    ...(qq === undefined ? [] : [`  QQ server   ${qq} for clients of 2005`]),
    ...(config.dataFolder === undefined
      ? []
      : [`  data        ${config.dataFolder}`]),
    ...(program.madeDemo
      ? [
        `  accounts    10001 and 10002, friends, password demo; 10000, a robot that echoes`,
      ]
      : []),
    `  token       ${
      newToken === undefined
        ? `as ${
          config.token === undefined ? "before" : "set"
        }; another one: token add NAME`
        : `${newToken} (shown this once)`
    }`,
    ...(newToken === undefined ? [] : tryLines(ws, newToken, program.madeDemo)),
  ];
}

/** One line that opens the WebSocket, says something and shows what comes. */
function tryLines(ws: string, token: string, hasDemo: boolean): string[] {
  const command = hasDemo
    ? `account: "10001", command: "send", params: {to: "10000", text: "hello"}`
    : `command: "accounts"`;
  return [
    ``,
    hasDemo
      ? `Try it: says hello to the robot, and shows what comes (Ctrl+C ends it).`
      : `Try it: lists the accounts, and shows what comes (Ctrl+C ends it).`,
    `  deno eval 'const s = new WebSocket("${ws}?access_token=${token}"); s.onmessage = (e) => console.log(e.data); s.onopen = () => s.send(JSON.stringify({type: "command", id: 1, ${command}}))'`,
  ];
}
