/**
 * Logs, as text or as JSON, one line an entry. What is written is chosen by
 * name: a field that {@linkcode LOG_FIELDS} does not name is left out, and no
 * name there is that of a secret or of what people write to each other.
 *
 * @module
 */

import { type Clock, systemClock } from "../../lib/clock.ts";

/** Levels, the talkative first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** The fields that an entry may have, and what they hold. */
export const LOG_FIELDS = {
  /** Id of a client's connection. */
  connection: "text",
  /** A QQ number. */
  account: "text",
  /** The name of who acts: a token's name, never the token. */
  grant: "text",
  /** The name that a consumer gave itself. */
  consumer: "text",
  /** A client's address. */
  address: "text",
  /** What happened, as one word. */
  event: "text",
  /** A command. */
  command: "text",
  /** An error code. */
  code: "text",
  /** A state. */
  state: "text",
  /** Why. */
  reason: "text",
  /** What the user can do. */
  action: "text",
  /** A method of HTTP. */
  method: "text",
  /** A path without its query. */
  path: "text",
  /** Where something listens, or a server is. */
  url: "text",
  /** The data folder. */
  folder: "text",
  /** The signal that ends the program. */
  signal: "text",
  /** A version. */
  version: "text",
  /** What failed. */
  error: "error",
  /** A status of HTTP. */
  status: "number",
  /** A close code of WebSocket. */
  closeCode: "number",
  /** The epoch of the journal from which this one was restored. */
  formerEpoch: "text",
  /** A place in the journal. */
  seq: "number",
  /** Part of the program. */
  part: "text",
  /** Length of a timeout, in milliseconds. */
  timeoutMs: "number",
  /** How many. */
  count: "number",
  /** How large. */
  bytes: "number",
  /** How long it took. */
  durationMs: "number",
  /** How long until it is tried again. */
  delayMs: "number",
  /** A process. */
  pid: "number",
  /** A port. */
  port: "number",
} as const;

type FieldKind = { text: string; number: number; error: unknown };

/** The fields of an entry. */
export type LogFields = {
  [K in keyof typeof LOG_FIELDS]?:
    | FieldKind[typeof LOG_FIELDS[K]]
    | undefined;
};

/** Writes entries. */
export interface Log {
  /** What helps to find a fault. */
  debug(message: string, fields?: LogFields): void;
  /** What happened. */
  info(message: string, fields?: LogFields): void;
  /** What may need somebody. */
  warn(message: string, fields?: LogFields): void;
  /** What failed. */
  error(message: string, fields?: LogFields): void;
  /** A log whose entries all have these fields too. */
  child(fields: LogFields): Log;
}

/** How a log is made. */
export interface LogOptions {
  /**
   * The least that is written.
   *
   * @default {"info"}
   */
  level?: LogLevel;
  /**
   * How.
   *
   * @default {"text"}
   */
  format?: "text" | "json";
  /** Takes a line with its end; makes nobody wait. */
  write(line: string): void;
  /** Time. */
  clock?: Clock;
}

/** Characters of a value that are written; the rest is cut off. */
export const VALUE_CHARS = 500;

const LEVELS: Readonly<Record<LogLevel, number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
};

/**
 * What looks like a secret, should an error's text ever hold one: what follows
 * its name, user and password of a URL, MD5 and longer digests, tokens. Words
 * with which the program's own messages continue after "token:" are excepted.
 */
const SECRETS: readonly [pattern: RegExp, replacement: string][] = [
  [
    /((?:access_?token|token|password(?:_?md5)?|secret(?:_?key)?|\bPS)["']?\s*[=:]\s*["']?)(?!(?:must|the|there|it|every|at|this|one|account) )[^\s"'&,;}]+/gi,
    "$1[redacted]",
  ],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, "$1 [redacted]"],
  [/(:\/\/)[^\s/@]+@/g, "$1[redacted]@"],
  [/\b[\da-f]{32,}\b/gi, "[redacted]"],
  [/(?<![\w-])[\w-]{43,}(?![\w-])/g, "[redacted]"],
];

/** Makes a log. */
export function createLog(options: LogOptions): Log {
  const { level = "info", format = "text", clock = systemClock } = options;
  const least = LEVELS[level];
  const make = (inherited: LogFields): Log => {
    const entry = (level: LogLevel) => (message: string, own?: LogFields) => {
      if (LEVELS[level] < least) return;
      const fields = pickFields({ ...inherited, ...own });
      const time = new Date(clock.now()).toISOString();
      options.write(
        format === "json"
          ? `${toJson({ time, level, message: redact(message), ...fields })}\n`
          : formatText(time, level, redact(message), fields),
      );
    };
    return {
      debug: entry("debug"),
      info: entry("info"),
      warn: entry("warn"),
      error: entry("error"),
      child: (fields) => make({ ...inherited, ...fields }),
    };
  };
  return make({});
}

/** Takes secrets out of a text that comes from elsewhere, and cuts it short. */
export function redact(text: string): string {
  let clean = text.length > 4 * VALUE_CHARS
    ? text.slice(0, 4 * VALUE_CHARS)
    : text;
  for (const [pattern, replacement] of SECRETS) {
    clean = clean.replace(pattern, replacement);
  }
  return clean.length > VALUE_CHARS ? `${clean.slice(0, VALUE_CHARS)}…` : clean;
}

/** An error in one line: its name, code and message, and those of its causes. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  let one = error;
  for (let depth = 0; depth < 4 && one !== undefined; depth++) {
    if (!(one instanceof Error)) {
      parts.push(typeof one === "string" ? one : typeof one);
      break;
    }
    const code = "code" in one && typeof one.code === "string"
      ? ` [${one.code}]`
      : "";
    parts.push(`${one.name}${code}: ${one.message}`);
    one = one.cause;
  }
  return redact(parts.join("; because of "));
}

function pickFields(fields: LogFields): Record<string, string | number> {
  const picked: Record<string, string | number> = {};
  for (const [name, kind] of Object.entries(LOG_FIELDS)) {
    const value: unknown = fields[name as keyof LogFields];
    if (value === undefined) continue;
    if (kind === "error") picked[name] = describeError(value);
    else if (kind === "number") {
      if (typeof value === "number") picked[name] = value;
    } else if (typeof value === "string") picked[name] = redact(value);
  }
  return picked;
}

function formatText(
  time: string,
  level: LogLevel,
  message: string,
  fields: Record<string, string | number>,
): string {
  const pairs = Object.entries(fields).map(([name, value]) =>
    ` ${name}=${/^[\w.:/@+-]+$/.test(`${value}`) ? value : toJson(`${value}`)}`
  );
  return `${time} ${level.toUpperCase().padEnd(5)} ${
    toJson(message).slice(1, -1).replaceAll('\\"', '"')
  }${pairs.join("")}\n`;
}

/**
 * JSON without characters that start a line, control a terminal or change the
 * direction of the text.
 */
function toJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The warning to log if {@linkcode exportsTraces} is true. */
export const TRACES_WARNING =
  "Traces contain the whole URLs of requests, including an access_token in the query. Set OTEL_DENO_TRACING=false, or trust everyone who can read the traces";

/**
 * Whether Deno exports a trace of each request, with its whole URL. The program
 * cannot remove a token from it; metrics and logs contain no tokens.
 *
 * @param env Returns an environment variable.
 */
export function exportsTraces(
  env: (name: string) => string | undefined,
): boolean {
  return env("OTEL_DENO") === "true" &&
    env("OTEL_SDK_DISABLED") !== "true" &&
    env("OTEL_DENO_TRACING") !== "false" &&
    env("OTEL_TRACES_SAMPLER") !== "always_off";
}
