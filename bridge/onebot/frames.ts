/** What clients send over WebSockets, read. No I/O. @module */

import { isDeeper } from "../schemas/json.ts";

/** A call. */
export interface CallFrame {
  /** Which action. */
  readonly action: string;
  /** Its parameters. */
  readonly params: unknown;
  /** What the answer brings back, as JSON text; undefined where there is none. */
  readonly echo: string | undefined;
}

/** Reads a call; the rule that it breaks where it is none, with its echo where that can be told. */
export function readCall(
  text: string,
  jsonDepth: number,
): CallFrame | { rule: string; echo: string | undefined } {
  if (isDeeper(text, jsonDepth)) {
    return {
      rule: `must not nest deeper than ${jsonDepth}`,
      echo: undefined,
    };
  }
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    frame = undefined;
  }
  if (typeof frame !== "object" || frame === null || Array.isArray(frame)) {
    return { rule: "must be a JSON object", echo: undefined };
  }
  const echo = "echo" in frame ? echoOf(text) : undefined;
  const { action, params } = frame as Record<string, unknown>;
  if (typeof action !== "string") {
    return { rule: "must have an action that is a text", echo };
  }
  return { action, params, echo };
}

/** JSON text of an answer with its echo. */
export function answerText(answer: object, echo: string | undefined): string {
  const text = JSON.stringify(answer);
  return echo === undefined ? text : `${text.slice(0, -1)},"echo":${echo}}`;
}

/** Numbers stay as they were written: 1.0 is not 1 to everybody, and large ones would be rounded. */
function echoOf(text: string): string {
  const asWritten = (
    _: string,
    value: unknown,
    context?: { source?: string },
  ): unknown =>
    typeof value === "number" && context?.source !== undefined
      ? rawJson(context.source)
      : value;
  return JSON.stringify(JSON.parse(text, asWritten).echo);
}

function rawJson(source: string): unknown {
  return (JSON as unknown as { rawJSON(source: string): unknown })
    .rawJSON(source);
}
