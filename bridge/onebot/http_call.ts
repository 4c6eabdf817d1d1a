/** Calls over HTTP: `GET` or `POST`, parameters in the query, a form or JSON. @module */

import type { Clock } from "../../lib/clock.ts";
import { decodeUtf8, readBody } from "../endpoint/body.ts";
import { isDeeper } from "../schemas/json.ts";
import { type Answer, failed, RETCODES } from "./retcodes.ts";
import { queryOf } from "./route.ts";

/** Most bytes of a request's body. */
export const BODY_BYTES = 65_536;

/** A body that is not whole after so long is not taken, in milliseconds. */
export const BODY_MS = 10_000;

/** How a body is read. */
export interface ReadingOptions {
  /** Time. */
  readonly clock: Clock;
  /** Deepest nesting of its JSON. */
  readonly jsonDepth: number;
}

/** The parameters of a request, or the response where they cannot be read. */
export async function readRequest(
  request: Request,
  { clock, jsonDepth }: ReadingOptions,
): Promise<Readonly<Record<string, unknown>> | Response> {
  const query = queryOf(new URL(request.url));
  query.delete("access_token");
  const params = Object.fromEntries(query);
  const bytes = await readBody(request, {
    mostBytes: BODY_BYTES,
    withinMs: BODY_MS,
    clock,
  });
  switch (bytes) {
    case "too_large":
      return refused(
        413,
        `the body must not be longer than ${BODY_BYTES} bytes`,
      );
    case "too_slow":
      return refused(
        408,
        `the body must be whole within ${BODY_MS} ms`,
      );
    case "broken":
      return refused(400, "the body must be whole");
  }
  if (bytes.length === 0) return params;
  const text = decodeUtf8(bytes);
  if (text === undefined) {
    return refused(400, "the body must be UTF-8");
  }
  const type = request.headers.get("content-type")?.split(";")[0]?.trim()
    .toLowerCase();
  switch (type) {
    case "application/x-www-form-urlencoded":
      return { ...params, ...Object.fromEntries(new URLSearchParams(text)) };
    case "application/json": {
      const body = readObject(text, jsonDepth);
      return body === undefined
        ? refused(
          400,
          `the body must be a JSON object, not nested deeper than ${jsonDepth}`,
        )
        : { ...params, ...body };
    }
    default:
      return refused(
        406,
        "Content-Type must be application/json or application/x-www-form-urlencoded",
      );
  }
}

/** An answer as a response: 404 where there is no such action, else 200, whatever became of it. */
export function responseOf(answer: Answer): Response {
  const isUnknown = answer.retcode === RETCODES.unknown_command;
  return respond(isUnknown ? 404 : 200, answer);
}

/** The response of a request that is none. */
export function refused(status: number, rule: string): Response {
  return respond(status, failed("bad_frame", `Cannot take a call: ${rule}`));
}

/** A response with a status of its own. */
export function respond(
  status: number,
  answer: Answer,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(answer, {
    status,
    headers: { "cache-control": "no-store", ...headers },
  });
}

function readObject(
  text: string,
  jsonDepth: number,
): Record<string, unknown> | undefined {
  if (isDeeper(text, jsonDepth)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || Array.isArray(value)) return undefined;
    return (value ?? undefined) as Record<string, unknown> | undefined;
  } catch {
    return undefined;
  }
}
