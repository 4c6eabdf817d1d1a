/** The permissions of Deno that a start needs, and the flags that grant them. @module */

import {
  type Address,
  type Config,
  ConfigError,
  formatAddress,
  isLoopback,
} from "../config/config.ts";
import { parentOf } from "../storage/durable_files.ts";
import { FILES } from "../storage/data_folder.ts";

/** A permission, as Deno's flags name it. */
export interface Right {
  readonly name: "net" | "read" | "write" | "env" | "sys";
  /** Host, path, variable or kind; undefined stands for all. */
  readonly value: string | undefined;
}

/** The variables that are read beside the settings, and for what. */
const VARIABLES: readonly string[] = [
  // Telemetry of Deno: traces hold whole URLs, so the log warns of them.
  "OTEL_DENO",
  // The package ws.
  "WS_NO_BUFFER_UTIL",
  // Whether a service manager keeps what is printed.
  "JOURNAL_STREAM",
  // Whether npx runs Deno, for the commands that are printed.
  "npm_command",
];

/** Maximum depth of causes that are searched. */
const MAX_CAUSES = 8;

/** The flag that grants rights of one name: `--allow-net=a,b`. */
export function formatFlag(rights: readonly Right[]): string {
  const [{ name }] = rights as [Right];
  const values = rights.map(({ value }) => value);
  return values.includes(undefined)
    ? `--allow-${name}`
    : `--allow-${name}=${[...new Set(values)].join(",")}`;
}

/** The rights that `serve`, or `qq-server`, needs with these settings. */
export function neededRights(
  config: Config,
  command: "serve" | "qq-server" = "serve",
): Right[] {
  const { dataFolder, listen, qqListen, upstream, targets } = config;
  const isServe = command === "serve";
  const hosts = [
    ...(isServe ? hostsOf(listen) : []),
    ...(qqListen === "off" ? [] : [qqListen].flat().flatMap(hostsOf)),
    ...(upstream === "embedded" || !isServe ? [] : [hostOf(upstream)]),
    ...(isServe ? config.cluster?.servers.map(hostOf) ?? [] : []),
    ...(isServe
      ? [...targets.reverse, ...targets.post, ...targets.hook]
        .map(({ url }) => hostOf(url))
      : []),
    ...(dataFolder === undefined || Deno.build.os === "windows"
      ? []
      : [`unix:${dataFolder}/${FILES.control}`]),
  ];
  const folders = dataFolder === undefined ? [] : [folderOf(dataFolder)];
  return [
    ...hosts.map((value): Right => ({ name: "net", value })),
    ...(isServe ? projectPaths() : [])
      .map((value): Right => ({ name: "read", value })),
    ...folders.map((value): Right => ({ name: "read", value })),
    ...folders.map((value): Right => ({ name: "write", value })),
    ...(isServe ? VARIABLES : [])
      .map((value): Right => ({ name: "env", value })),
  ];
}

/** The rights of a list that this process does not have. */
export function missingRights(rights: readonly Right[]): Right[] {
  return rights.filter((right) => {
    try {
      return Deno.permissions.querySync(toDescriptor(right)).state !==
        "granted";
    } catch {
      // What Deno cannot query fails, or not, where it is used.
      return false;
    }
  });
}

/**
 * Throws if this process lacks a right that a start needs.
 *
 * @throws {ConfigError} It names the flags to add.
 */
export function requireRights(
  config: Config,
  command: "serve" | "qq-server",
): void {
  const missing = missingRights(neededRights(config, command));
  if (missing.length === 0) return;
  throw new ConfigError(rightsMessage(missing));
}

/** The message about missing rights. */
export function rightsMessage(missing: readonly Right[]): string {
  return `Cannot start: Deno's permissions are too narrow for these settings. Add ${
    flagsOf(missing).join(" ")
  }`;
}

/** The flags that grant rights, one for each name. */
export function flagsOf(rights: readonly Right[]): string[] {
  const names = [...new Set(rights.map(({ name }) => name))];
  return names.map((name) =>
    formatFlag(
      rights.filter((right) => right.name === name)
        .map(({ value }) => ({ name, value: toPattern(value) })),
    )
  );
}

/** The right for want of which an error was thrown; undefined if that is not its cause. */
export function findMissingRight(error: unknown): Right | undefined {
  let cause = error;
  for (let depth = 0; cause instanceof Error && depth < MAX_CAUSES; depth++) {
    if (cause.name === "NotCapable") {
      const [, name, value] =
        /Requires (net|read|write|env|sys) access(?: to "(.*?)")?/
          .exec(cause.message) ?? [];
      if (name !== undefined) {
        return { name: name as Right["name"], value };
      }
    }
    cause = cause.cause;
  }
  return undefined;
}

/** Variables with the same beginning are granted at once. */
function toPattern(value: string | undefined): string | undefined {
  return value?.replace(/^(TQQ|OTEL|WS)_.*$/, "$1_*");
}

/** A listener is also connected to, to see that it still accepts. */
function hostsOf({ host, port }: Address): string[] {
  const reached = host === "0.0.0.0"
    ? "127.0.0.1"
    : host === "::"
    ? "::1"
    : host;
  // A free port is known only afterwards.
  const ports = port === 0 && isLoopback(reached) ? "" : `:${port}`;
  return [...new Set([host, reached])].map((one) =>
    ports === "" ? one : formatAddress({ host: one, port })
  );
}

function hostOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  const isTls = protocol === "https:" || protocol === "wss:";
  return `${hostname}:${port || (isTls ? 443 : 80)}`;
}

/** The folder itself; if it is missing, the nearest one above it, which the start changes. */
function folderOf(folder: string): string {
  let path = folder;
  try {
    while (!isThere(path) && parentOf(path) !== path) path = parentOf(path);
  } catch {
    // It may not be looked at: the right to read it is missing.
  }
  return path;
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The files of the project that are served to clients. */
function projectPaths(): string[] {
  const root = new URL("../../", import.meta.url);
  return root.protocol === "file:" ? [root.pathname.replace(/\/$/, "")] : [];
}

function toDescriptor({ name, value }: Right): Deno.PermissionDescriptor {
  switch (name) {
    case "net":
      return value === undefined ? { name } : { name, host: value };
    case "env":
      return value === undefined ? { name } : { name, variable: value };
    case "sys":
      // The one kind that the program asks for.
      return { name, kind: "statfs" as never };
    default:
      return value === undefined ? { name } : { name, path: value };
  }
}
