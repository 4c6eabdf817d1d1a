/** Calls over HTTP: `GET` or `POST`, parameters in the query, a form or JSON. @module */

import type { ErrorCode } from "../../mod.ts";
import { type BodyOptions, type BodyType, readBody } from "../endpoint/body.ts";
import { Refusal, type RefusalCode } from "../endpoint/refusal.ts";
import { type Answer, failed, RETCODES } from "./retcodes.ts";
import { queryOf } from "./route.ts";

const TYPES: readonly BodyType[] = [
  "application/json",
  "application/x-www-form-urlencoded",
];

/** Status and error code of each rejection. */
const REFUSALS: Readonly<
  Record<RefusalCode, readonly [status: number, code: ErrorCode]>
> = {
  no_token: [401, "forbidden"],
  unknown_token: [403, "forbidden"],
  overloaded: [429, "overloaded"],
  bad_body: [400, "bad_frame"],
  body_too_large: [413, "bad_frame"],
  body_too_slow: [408, "bad_frame"],
  unsupported_media_type: [406, "bad_frame"],
};

/** Reads the parameters of a request from its query and its body. */
export async function readRequest(
  request: Request,
  options: Pick<BodyOptions, "clock" | "maxDepth">,
): Promise<Readonly<Record<string, unknown>> | Refusal> {
  const query = queryOf(new URL(request.url));
  query.delete("access_token");
  const params = Object.fromEntries(query);
  const body = await readBody(request, { ...options, types: TYPES });
  if (body === undefined) return params;
  if (body instanceof Refusal) return body;
  const { value } = body;
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { ...params, ...value }
    : new Refusal("bad_body", "Cannot read the body: it must be a JSON object");
}

/** Formats a rejection as a response. */
export function refusalResponse(
  { code, message, retryAfterMs }: Refusal,
): Response {
  const [status, error] = REFUSALS[code];
  return respond(status, failed(error, message, retryAfterMs), {
    ...(code === "no_token" ? { "www-authenticate": "Bearer" } : {}),
    ...(retryAfterMs === undefined
      ? {}
      : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) }),
  });
}

/** Formats an answer as a response: 404 if there is no such action, otherwise 200 whatever the outcome. */
export function responseOf(answer: Answer): Response {
  const isUnknown = answer.retcode === RETCODES.unknown_command;
  return respond(isUnknown ? 404 : 200, answer);
}

/** Response to a request that is malformed. */
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
