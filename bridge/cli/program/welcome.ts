/** The lines that a start of `serve` writes to standard output. @module */

import {
  type Config,
  DEFAULT_FOLDER,
  isWebOrigin,
} from "../../config/config.ts";
import type { Program } from "./program.ts";

/** What the lines are about. */
export interface Welcome {
  readonly config: Config;
  readonly program: Omit<Program, "close" | "tokenShown">;
  /** Returns a variable of the environment. */
  readonly env: (name: string) => string | undefined;
}

/** Formats the lines: one of JSON, or some for people. */
export function formatWelcome({ config, program, env }: Welcome): string[] {
  const { http, qqListen, newToken, tokenFile } = program;
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
  const isNew = newToken !== undefined || tokenFile !== undefined;
  return [
    `tqq is ready: ${http}`,
    ...(isNew
      ? [
        `  console     ${reached}/${
          newToken === undefined ? "" : `#token=${newToken}`
        }`,
      ]
      : []),
    `  WebSocket   ${webSocketAt(reached)}`,
    ...(qq === undefined ? [] : [
      `  QQ server   ${qqListen.join(", ")} for clients of 2005`,
    ]),
    ...(config.dataFolder === undefined
      ? []
      : [`  data        ${config.dataFolder}`]),
    ...(program.madeDemo
      ? [
        `  accounts    10001 and 10002, friends, password demo; 10000, a robot that echoes; 10010 and 10020, for old clients`,
      ]
      : []),
    `  token       ${tokenLine(program)}`,
    ...(isNew ? tryLines({ tqq: callOf(env), here, config, program }) : []),
  ];
}

function tokenLine(program: Welcome["program"]): string {
  const { newToken, tokenFile } = program;
  if (newToken !== undefined) return `${newToken} (shown this once)`;
  if (tokenFile !== undefined) return `in the file ${tokenFile}`;
  return `${oldToken(program)}; another one: token add NAME`;
}

/** Where the administrator's token comes from, if this start created none. */
function oldToken(
  { isTokenSet, isAdministratorReplaced }: Welcome["program"],
): string {
  if (!isTokenSet) return "as before";
  return isAdministratorReplaced
    ? "set by TQQ_TOKEN, in place of the token admin"
    : "set by TQQ_TOKEN";
}

/** Where other machines reach it: by the name that a proxy has, not by what is listened on. */
function reachedAt(
  { allowOrigin, behindProxy, basePath }: Config,
): string | undefined {
  const origin = behindProxy ? allowOrigin.find(isWebOrigin) : undefined;
  return origin === undefined ? undefined : `${origin}${basePath}`;
}

function webSocketAt(http: string): string {
  return `${http.replace(/^http/, "ws")}/ws`;
}

/** How this program is called. A user who came by npx may have no other Deno. */
function callOf(env: (name: string) => string | undefined): string {
  if (Deno.build.standalone) return Deno.execPath();
  const deno = env("npm_command") === "exec"
    ? `npx -y deno@${Deno.version.deno}`
    : "deno";
  return `${deno} task start`;
}

/** Commands that show that it works. They contain no token, because arguments are visible to others and kept in histories. */
function tryLines(
  { tqq, here, config, program }: Pick<Welcome, "config" | "program"> & {
    tqq: string;
    here: string;
  },
): string[] {
  const { dataFolder } = config;
  // On this machine the folder stands for the token.
  const where = dataFolder === undefined
    ? ` --url ${here}`
    : dataFolder === DEFAULT_FOLDER
    ? ""
    : ` --data ${quoteForShell(dataFolder)}`;
  const needs = dataFolder === undefined ? ", with the token in TQQ_TOKEN" : "";
  return [
    ``,
    `Try it in another terminal${needs}: tail shows what comes (Ctrl+C ends it).`,
    `  ${tqq} tail${where}`,
    program.madeDemo
      ? `  ${tqq} send 10000 hello --account 10001${where}`
      : `  ${tqq} accounts${where}`,
  ];
}

function quoteForShell(text: string): string {
  return /^[\w./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
