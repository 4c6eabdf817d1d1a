/** Messages: segments and CQ codes of OneBot and the plain text of QQ, converted both ways. No I/O. @module */

import { MAX_MESSAGE_CHARACTERS } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";
import {
  replacementOf,
  type SegmentMode,
} from "../endpoint/replaced_segments.ts";

export interface Segment {
  readonly type: string;
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

/** Escapes text between CQ codes. */
export function escapeText(text: string): string {
  return text.replace(/[&[\]]/g, (character) => ESCAPES[character]!);
}

/** Escapes a value in a CQ code. */
export function escapeValue(text: string): string {
  return text.replace(/[&[\],]/g, (character) => ESCAPES[character]!);
}

/** Reverses {@linkcode escapeText} and {@linkcode escapeValue}. */
export function unescapeText(text: string): string {
  return text.replace(
    /&(?:amp|#91|#93|#44);/g,
    (escaped) => UNESCAPES[escaped]!,
  );
}

export function segmentsOf(text: string): Segment[] {
  return [{ type: "text", data: { text } }];
}

/** Formats segments as a string with CQ codes. */
export function encodeCq(segments: readonly Segment[]): string {
  return segments.map(({ type, data }) => {
    if (type === "text") return escapeText(String(data.text ?? ""));
    const values = Object.entries(data)
      .map(([name, value]) => `,${name}=${escapeValue(String(value))}`);
    return `[CQ:${type}${values.join("")}]`;
  }).join("");
}

/** Parses a string with CQ codes. Everything else in it is text. */
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

/** A message that QQ HTTP can carry. */
export interface PlainMessage {
  readonly text: string;
  /** Types of the segments that text replaces, in order. */
  readonly replaced: readonly string[];
}

/**
 * Converts a message to plain text.
 *
 * @param message A string, a segment, or a list of segments.
 * @param autoEscape Whether a string is plain text without codes.
 * @param mode What is done with segments that QQ HTTP cannot carry.
 * @throws {CommandError} If there is such a segment and `mode` is `strict`, or if
 * the text is empty or too long.
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

/** Returns the text of a segment; `undefined` if QQ HTTP cannot carry it. */
function textOfSegment({ type, data }: Segment): string | undefined {
  switch (type) {
    case "text":
      return String(data.text ?? "");
    case "at":
      return `@${String(data.qq ?? "")} `;
    case "reply":
      // Messages of QQ HTTP have no ids to refer to.
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
