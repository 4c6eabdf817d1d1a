/** Frames of calls and their answers. No I/O. @module */

import { isDeeper, parseJson } from "../schemas/json.ts";

export interface CallFrame {
  readonly action: string;
  readonly params: unknown;
  /** What the answer repeats, as JSON text; `undefined` if there is none. */
  readonly echo: string | undefined;
}

/** Parses a call. Returns the rule that the text breaks if it is not a call, and its echo if it has one. */
export function parseCall(
  text: string,
  jsonDepth: number,
): CallFrame | { rule: string; echo: string | undefined } {
  if (isDeeper(text, jsonDepth)) {
    return {
      rule: `must not nest deeper than ${jsonDepth}`,
      echo: undefined,
    };
  }
  const frame = parseJson(text, jsonDepth);
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

/** Formats an answer with its echo. */
export function answerText(answer: object, echo: string | undefined): string {
  const text = JSON.stringify(answer);
  return echo === undefined ? text : `${text.slice(0, -1)},"echo":${echo}}`;
}

/** Keeps numbers as they were written, because a client may compare texts, and large numbers would be rounded. */
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
