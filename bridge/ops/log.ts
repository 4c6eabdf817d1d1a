/** Logging as text or JSON, one line per entry. @module */

import { type Clock, systemClock } from "../../lib/clock.ts";

/** Log levels, the most detailed first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * The fields that an entry may have, and their types. Other fields are left
 * out. None of them holds a secret or what people write to each other.
 */
export const LOG_FIELDS = {
  connection: "text",
  account: "text",
  /** Whether the entry is a security event. */
  audit: "flag",
  /** Id of the token that acts, or `local`. */
  actor: "text",
  /** Name of that token. */
  actorName: "text",
  /** Id or number of what the event concerns. */
  subject: "text",
  subjectName: "text",
  /** Id of an internal error, which the client received. */
  errorId: "text",
  /** Name of the token that acts, never the token itself. */
  grant: "text",
  consumer: "text",
  address: "text",
  event: "text",
  command: "text",
  code: "text",
  state: "text",
  reason: "text",
  /** What was refused, or the name of the limit that was reached. */
  value: "text",
  /** What the user can do. */
  action: "text",
  method: "text",
  /** A path without its query. */
  path: "text",
  /** URL of a listener or a server. */
  url: "text",
  folder: "text",
  signal: "text",
  version: "text",
  error: "error",
  status: "number",
  closeCode: "number",
  /** Epoch of the journal from which this one was restored. */
  formerEpoch: "text",
  /** A position in the journal. */
  seq: "number",
  /** Id of a node of a cluster. */
  node: "text",
  /** Position in the log of a cluster. */
  index: "number",
  /** Part of the program. */
  part: "text",
  /** Length of a timeout, in milliseconds. */
  timeoutMs: "number",
  count: "number",
  bytes: "number",
  durationMs: "number",
  /** Time until the next attempt. */
  delayMs: "number",
  pid: "number",
  port: "number",
} as const;

type FieldKind = {
  text: string;
  number: number;
  flag: boolean;
  error: unknown;
};

type Fields = Record<string, string | number | boolean>;

export type LogFields = {
  [K in keyof typeof LOG_FIELDS]?:
    | FieldKind[typeof LOG_FIELDS[K]]
    | undefined;
};

export interface Log {
  /** Details for finding a fault. */
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  /** Something may need attention. */
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Returns a log whose entries also have these fields. */
  child(fields: LogFields): Log;
}

/** An entry that is written. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly account: string | undefined;
  readonly connection: string | undefined;
  /** JSON text of the entry, without secrets and without a line end. */
  readonly text: string;
}

export interface LogOptions {
  /**
   * Lowest level that is written.
   *
   * @default {"info"}
   */
  level?: LogLevel | (() => LogLevel);
  /**
   * Format of the lines.
   *
   * @default {"text"}
   */
  format?: "text" | "json";
  /** Keeps each entry that is written. @default it is only written */
  ring?: { add(entry: LogEntry): void } | undefined;
  /** Writes a line with its line end, without blocking. */
  write(line: string): void;
  clock?: Clock;
}

/** Maximum number of characters of a value; the rest is cut off. */
export const VALUE_CHARS = 500;

const LEVELS: Readonly<Record<LogLevel, number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
};

/** Whether a level is at least another one. */
export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return LEVELS[level] >= LEVELS[least];
}

const SECRET_NAMES = String
  .raw`access_?token|token|password(?:_?md5)?|secret(?:_?key)?|\bPS`;

/**
 * What looks like a secret in the text of an error: what follows a secret's
 * name, user and password of a URL, MD5 and longer digests, tokens. After a name
 * and a colon, a word of letters is a secret only at the end of the text: the
 * program's own messages continue there.
 */
const SECRETS: readonly [pattern: RegExp, replacement: string][] = [
  [
    new RegExp(
      `((?:${SECRET_NAMES})["']?\\s*(?:=\\s*["']?|:\\s*["']))[^\\s"'&,;}]+`,
      "gi",
    ),
    "$1[redacted]",
  ],
  [
    new RegExp(
      `((?:${SECRET_NAMES})["']?\\s*:\\s*)(?!(?:[a-z]+|passwordMd5)[ ,])[^\\s"'&,;}]+`,
      "gi",
    ),
    "$1[redacted]",
  ],
  [
    /\b(bearer|basic)\s+(?=\S*[\d.~+/=_-]|[a-z]{16})[\w.~+/=-]+/gi,
    "$1 [redacted]",
  ],
  [/(:\/\/)[^\s/@]+@/g, "$1[redacted]@"],
  [/\b[\da-f]{32,}\b/gi, "[redacted]"],
  [/(?<![\w-])[\w-]{43,}(?![\w-])/g, "[redacted]"],
];

export function createLog(options: LogOptions): Log {
  const { level = "info", format = "text", clock = systemClock } = options;
  const least = typeof level === "string" ? () => level : level;
  const make = (inherited: LogFields): Log => {
    const entry = (level: LogLevel) => (message: string, own?: LogFields) => {
      if (!isAtLeast(level, least())) return;
      const fields = pickFields({ ...inherited, ...own });
      const time = new Date(clock.now()).toISOString();
      const clean = redact(message);
      const toText = () => toJson({ time, level, message: clean, ...fields });
      const { account, connection } = fields;
      options.ring?.add({
        level,
        account: account === undefined ? undefined : `${account}`,
        connection: connection === undefined ? undefined : `${connection}`,
        text: toText(),
      });
      options.write(
        format === "json"
          ? `${toText()}\n`
          : formatText(time, level, clean, fields),
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

/** Removes secrets from a text of foreign origin, and shortens it. */
export function redact(text: string): string {
  let clean = text.length > 4 * VALUE_CHARS
    ? text.slice(0, 4 * VALUE_CHARS)
    : text;
  for (const [pattern, replacement] of SECRETS) {
    clean = clean.replace(pattern, replacement);
  }
  return clean.length > VALUE_CHARS ? `${clean.slice(0, VALUE_CHARS)}…` : clean;
}

/** Formats an error in one line: name, code and message, also of its causes. */
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

function pickFields(fields: LogFields): Fields {
  const picked: Fields = {};
  for (const [name, kind] of Object.entries(LOG_FIELDS)) {
    const value: unknown = fields[name as keyof LogFields];
    if (value === undefined) continue;
    if (kind === "error") picked[name] = describeError(value);
    else if (kind === "number") {
      if (typeof value === "number") picked[name] = value;
    } else if (kind === "flag") {
      if (typeof value === "boolean") picked[name] = value;
    } else if (typeof value === "string") picked[name] = redact(value);
  }
  return picked;
}

function formatText(
  time: string,
  level: LogLevel,
  message: string,
  fields: Fields,
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
