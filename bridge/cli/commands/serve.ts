/** `serve`: the bridge, with the embedded server unless another is named. @module */

import {
  type Asked,
  type Config,
  isWebOrigin,
  parseConfig,
} from "../../config/config.ts";
import { exportsTraces, TRACES_WARNING } from "../../ops/log.ts";
import { announce, startLogging } from "../program/logging.ts";
import { type Program, startProgram } from "../program/program.ts";
import { listenForEnd } from "../program/signals.ts";
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
  const program = await startProgram(config, log);
  const { env } = terminal.sources(args);
  const wasSaid = announce(terminal, readyLines(config, program, env), log);
  const { newToken } = program;
  if (wasSaid && newToken !== undefined && config.logFormat !== "json") {
    program.tokenShown();
  }
  const signal = await end.received;
  log.info("Ending", { signal });
  await program.close();
  log.info("Ended", { signal });
  return 0;
}

function readyLines(
  config: Config,
  program: Program,
  env: (name: string) => string | undefined,
): string[] {
  const { http, qqListen, newToken } = program;
  const [qq] = qqListen;
  if (config.logFormat === "json") {
    return [
      JSON.stringify({
        event: "ready",
        http,
        ...(qq === undefined ? {} : { qq, qqListen }),
      }),
    ];
  }
  const here = http.replace(
    /\/\/(?:0\.0\.0\.0|\[::\])(?=[:/]|$)/,
    "//localhost",
  );
  const reached = reachedAt(config) ?? here;
  return [
    `tqq is ready: ${http}`,
    ...(newToken === undefined ? [] : [
      `  console     ${reached}/#token=${newToken}`,
    ]),
    `  WebSocket   ${webSocketAt(reached)}`,
    ...(qq === undefined ? [] : [
      `  QQ server   ${qqListen.join(", ")} for clients of 2005`,
    ]),
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
        ? `${oldToken(program)}; another one: token add NAME`
        : `${newToken} (shown this once)`
    }`,
    ...(newToken === undefined ? [] : tryLines({
      deno: denoOf(env),
      // Here it is reached where the proxy is not there yet.
      ws: webSocketAt(here),
      token: newToken,
      hasDemo: program.madeDemo,
    })),
  ];
}

/** Where the administrator's token comes from, if this start created none. */
function oldToken(
  { isTokenSet, isAdministratorReplaced }: Program,
): string {
  if (!isTokenSet) return "as before";
  return isAdministratorReplaced
    ? "set by TQQ_TOKEN, in place of the token admin"
    : "set by TQQ_TOKEN";
}

/** Where the world reaches it: by the name that a proxy has, not by what is listened on. */
function reachedAt(
  { allowOrigin, behindProxy, basePath }: Config,
): string | undefined {
  const origin = behindProxy ? allowOrigin.find(isWebOrigin) : undefined;
  return origin === undefined ? undefined : `${origin}${basePath}`;
}

function webSocketAt(http: string): string {
  return `${http.replace(/^http/, "ws")}/ws`;
}

/** How Deno is called here: who came by npx may have no other. */
function denoOf(env: (name: string) => string | undefined): string {
  return env("npm_command") === "exec"
    ? `npx -y deno@${Deno.version.deno}`
    : "deno";
}

/** One line that opens the WebSocket, says something and shows what comes. */
function tryLines(
  { deno, ws, token, hasDemo }: {
    deno: string;
    ws: string;
    token: string;
    hasDemo: boolean;
  },
): string[] {
  const command = hasDemo
    ? `account: "10001", command: "send", params: {to: "10000", text: "hello"}`
    : `command: "accounts"`;
  return [
    ``,
    hasDemo
      ? `Try it: says hello to the robot, and shows what comes (Ctrl+C ends it).`
      : `Try it: lists the accounts, and shows what comes (Ctrl+C ends it).`,
    `  ${deno} eval 'const s = new WebSocket("${ws}?access_token=${token}"); s.onmessage = (e) => console.log(e.data); s.onopen = () => s.send(JSON.stringify({type: "command", id: 1, ${command}}))'`,
  ];
}
