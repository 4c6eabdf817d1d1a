/** Parsing frames, queries and JSON objects. @module */

import {
  type ClientFrame,
  EVENT_NAMES,
  type FrameError,
  type FrameId,
  parsePosition,
  type Position,
} from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";
import { isDeeper } from "./json.ts";
import type * as z from "../deps_zod.ts";
import { clientFrames } from "./client_frames.ts";
import { account, ACCOUNTS, consumer, eventFilter } from "./values.ts";

/** Maximum length of a value that an error message repeats, in characters. */
const SHOWN_CHARS = 64;

/** Text that may be a token in the wrong field. */
const MAYBE_TOKEN = /[\w.~-]{20,}/;

/** Fields whose values no message repeats. A text in place of an object may contain a token. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  "",
  "params",
  "token",
  "proof",
  "password",
]);

/**
 * Parses a client's frame. Unknown fields are dropped, including `__proto__`. If
 * a field occurs twice, the last one counts.
 */
export function parseFrame(
  text: string,
  limits: { jsonDepth: number },
): { frame: ClientFrame } | { id: FrameId | null; error: FrameError } {
  const read = readObject(text, limits.jsonDepth);
  if ("rule" in read) return badFrame(null, read.rule);
  const { value } = read;
  const id = clientFrames.command.shape.id.safeParse(value.id).data ?? null;
  const { type } = value;
  if (typeof type !== "string" || !Object.hasOwn(clientFrames, type)) {
    const types = Object.keys(clientFrames).join(", ");
    return badFrame(
      id,
      `type must be one of ${types}, got ${formatValue("type", type)}`,
    );
  }
  const schema = clientFrames[type as ClientFrame["type"]];
  const parsed = schema.safeParse(value);
  if (parsed.success) return { frame: parsed.data };
  return badFrame(id, formatBrokenRule(parsed.error, value));
}

/**
 * Parses the query of `/ws` and `/events`.
 *
 * @throws {CommandError} `bad_params`
 */
export function parseSubscription(
  query: {
    accounts?: string;
    events?: string;
    after?: string;
    consumer?: string;
    account?: string;
    event?: string;
  },
): {
  accounts?: string[];
  events?: string[];
  after?: Position;
  consumer?: string;
} {
  const { accounts, events, after } = query;
  // If these were ignored, a misspelt filter would let all events through.
  for (const name of ["account", "event"] as const) {
    if (query[name] === undefined) continue;
    throw new CommandError(
      "bad_params",
      `Cannot subscribe: ${name} is no parameter; ${name}s is`,
    );
  }
  return {
    ...(accounts === undefined
      ? {}
      : { accounts: parseList("accounts", accounts, account) }),
    ...(events === undefined
      ? {}
      : { events: parseList("events", events, eventFilter) }),
    ...(after === undefined ? {} : { after: parseAfter(after) }),
    ...(query.consumer === undefined
      ? {}
      : { consumer: checked("consumer", consumer, query.consumer) }),
  };
}

/**
 * Parses `<epoch>:<seq>`.
 *
 * @throws {CommandError} `bad_params`
 */
export function parseAfter(text: string): Position {
  const position = parsePosition(text);
  if (position === undefined) {
    throw new CommandError(
      "bad_params",
      `Cannot subscribe: after must be <epoch>:<seq>, as the bridge gave them, got ${
        formatValue("after", text)
      }`,
    );
  }
  return position;
}

/** Parses JSON text that must be an object, or returns the rule that it breaks. */
export function readObject(
  text: string,
  jsonDepth: number,
): { value: Record<string, unknown> } | { rule: string } {
  if (isDeeper(text, jsonDepth)) {
    return { rule: `it must not nest deeper than ${jsonDepth}` };
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return { value };
    return { rule: `it must be a JSON object, got ${formatValue("", value)}` };
  } catch {
    // The parser's own message would repeat a piece of the text, which may hold a token.
    return {
      rule:
        `it must be a JSON object, got ${text.length} characters that are not JSON`,
    };
  }
}

function parseList(
  name: string,
  text: string,
  schema: z.ZodType<string>,
): string[] {
  const items = text.split(",");
  if (items.length > ACCOUNTS) {
    throw new CommandError(
      "bad_params",
      `Cannot subscribe: ${name} must name at most ${ACCOUNTS}, got ${items.length}`,
    );
  }
  return items.map((item) => checked(name, schema, item));
}

function checked(
  name: string,
  schema: z.ZodType<string>,
  value: string,
): string {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const rule = parsed.error.issues[0]?.message ?? "must be another text";
  const known = name === "events" ? ` (${EVENT_NAMES.join(", ")})` : "";
  throw new CommandError(
    "bad_params",
    `Cannot subscribe: ${name} ${rule}${known}, got ${
      formatValue(name, value)
    }`,
  );
}

function badFrame(
  id: FrameId | null,
  rule: string,
): { id: FrameId | null; error: FrameError } {
  const message = `Cannot read the frame: ${rule}`;
  return { id, error: { code: "bad_frame", message, retriable: false } };
}

/** Formats the first rule that a value breaks: field, rule, value. */
export function formatBrokenRule(
  error: z.ZodError,
  value: unknown,
  whole = "it",
): string {
  const issue = error.issues[0]!;
  if (issue.code === "unrecognized_keys") {
    const place = issue.path.length === 0 ? whole : issue.path.join(".");
    return `${place} must have no field ${formatValue("field", issue.keys[0])}`;
  }
  const name = issue.path.map(String).join(".");
  const got = formatValue(name, valueAt(value, issue.path));
  return `${name === "" ? whole : name} ${issue.message}, got ${got}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = Object.hasOwn(at, key)
      ? (at as Record<PropertyKey, unknown>)[key]
      : undefined;
  }
  return at;
}

/** Formats a value for a message: short, and never a secret. */
export function formatValue(name: string, value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isRecord(value)) return "an object";
  if (value === null) return "null";
  if (SECRET_FIELDS.has(name)) return `a ${typeof value} that is not shown`;
  if (
    typeof value === "string" &&
    (value.length > SHOWN_CHARS || MAYBE_TOKEN.test(value))
  ) {
    return `${value.length} characters`;
  }
  return JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
