/**
 * Messages: segments and CQ codes on OneBot's side, plain text on QQ's. QQ HTTP
 * carries nothing but text. No I/O.
 *
 * @module
 */

import { MAX_MESSAGE_CHARACTERS } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";
import {
  replacementOf,
  type SegmentMode,
} from "../endpoint/replaced_segments.ts";

/** A piece of a message. */
export interface Segment {
  /** What it is; `text` for text. */
  readonly type: string;
  /** What it holds; `text` in a piece of text. */
  readonly data: Readonly<Record<string, unknown>>;
}

const CODE = /\[CQ:([A-Za-z0-9_.-]+)((?:,[^,=[\]]+=[^,[\]]*)*)\]/g;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "[": "&#91;",
  "]": "&#93;",
  ",": "&#44;",
};

const UNESCAPES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ESCAPES).map(([plain, escaped]) => [escaped, plain]),
);

/** Text as it stands between CQ codes. */
export function escapeText(text: string): string {
  return text.replace(/[&[\]]/g, (character) => ESCAPES[character]!);
}

/** Text as it stands within a CQ code. */
export function escapeValue(text: string): string {
  return text.replace(/[&[\],]/g, (character) => ESCAPES[character]!);
}

/** The end of either escaping. */
export function unescapeText(text: string): string {
  return text.replace(
    /&(?:amp|#91|#93|#44);/g,
    (escaped) => UNESCAPES[escaped]!,
  );
}

/** The segments of a text that QQ sent. */
export function segmentsOf(text: string): Segment[] {
  return [{ type: "text", data: { text } }];
}

/** Segments as a string with CQ codes. */
export function encodeCq(segments: readonly Segment[]): string {
  return segments.map(({ type, data }) => {
    if (type === "text") return escapeText(String(data.text ?? ""));
    const values = Object.entries(data)
      .map(([name, value]) => `,${name}=${escapeValue(String(value))}`);
    return `[CQ:${type}${values.join("")}]`;
  }).join("");
}

/** A string with CQ codes as segments. What is no code is text. */
export function decodeCq(text: string): Segment[] {
  const segments: Segment[] = [];
  const addText = (piece: string) => {
    if (piece !== "") segments.push(...segmentsOf(unescapeText(piece)));
  };
  let from = 0;
  for (const match of text.matchAll(CODE)) {
    addText(text.slice(from, match.index));
    from = match.index + match[0].length;
    segments.push({ type: match[1]!, data: dataOf(match[2]!) });
  }
  addText(text.slice(from));
  return segments;
}

function dataOf(values: string): Record<string, string> {
  return Object.fromEntries(
    values.split(",").slice(1).map((pair) => {
      const equals = pair.indexOf("=");
      return [pair.slice(0, equals), unescapeText(pair.slice(equals + 1))];
    }),
  );
}

/** A message as QQ HTTP carries it. */
export interface PlainMessage {
  /** The text. */
  readonly text: string;
  /** The types of the segments that text stands for, in order. */
  readonly replaced: readonly string[];
}

/**
 * The text of a message that a client sends: a string, a segment, or a list of
 * segments.
 *
 * @param message What the client sent.
 * @param autoEscape Whether a string is plain text without codes.
 * @param mode What is done with segments that QQ HTTP cannot carry.
 * @throws {CommandError} if it holds one of them and `mode` is `strict`, is
 * empty, or is too long
 */
export function plainMessageOf(
  message: unknown,
  autoEscape: boolean,
  mode: SegmentMode,
): PlainMessage {
  const replaced: string[] = [];
  const text = segmentsIn(message, autoEscape).map((segment) => {
    const carried = textOfSegment(segment);
    if (carried !== undefined) return carried;
    const { type, data } = segment;
    if (mode === "strict") {
      throw badMessage(`must be text: QQ HTTP cannot send ${type}`);
    }
    replaced.push(type);
    return replacementOf(type, data);
  }).join("");
  if (text === "" || text.length > MAX_MESSAGE_CHARACTERS) {
    throw badMessage(
      `must be a text of 1 to ${MAX_MESSAGE_CHARACTERS} characters, got ${text.length}`,
    );
  }
  return { text, replaced };
}

function segmentsIn(message: unknown, autoEscape: boolean): Segment[] {
  if (typeof message === "number") return segmentsOf(String(message));
  if (typeof message === "string") {
    return autoEscape ? segmentsOf(message) : decodeCq(message);
  }
  const list = Array.isArray(message) ? message : [message];
  return list.map((one) => {
    if (!isRecord(one) || typeof one.type !== "string") {
      throw badMessage("must be a string, a segment or a list of segments");
    }
    return { type: one.type, data: isRecord(one.data) ? one.data : {} };
  });
}

/** The text of a segment; undefined for one that QQ HTTP cannot carry. */
function textOfSegment({ type, data }: Segment): string | undefined {
  switch (type) {
    case "text":
      return String(data.text ?? "");
    case "at":
      return `@${String(data.qq ?? "")} `;
    case "reply":
      // There is nothing to refer to: QQ's messages have no ids.
      return "";
    default:
      return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function badMessage(rule: string): CommandError {
  return new CommandError("bad_params", `Cannot send: message ${rule}`);
}
