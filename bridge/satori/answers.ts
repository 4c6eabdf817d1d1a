/** Answers of the API: a status, and JSON. @module */

import type { ErrorCode } from "../../mod.ts";
import type { CommandError } from "../core/grant.ts";
import { STATUS_CODE } from "../deps.ts";

/** The status of each error; 404 tells that there is no such method, and nothing else. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, number>> = {
  bad_frame: 400,
  bad_params: 400,
  forbidden: 403,
  unknown_account: 403,
  unknown_command: 404,
  penalised: 429,
  overloaded: 429,
  internal: 500,
  not_logged_in: 502,
  login_refused: 502,
  invalid_uin: 502,
  rejected: 502,
  malformed_reply: 502,
  unreachable: 502,
  timeout: 504,
  outcome_unknown: 504,
};

/** What a method gave. */
export function answer(value: unknown): Response {
  return Response.json(value ?? {}, {
    headers: { "cache-control": "no-store" },
  });
}

/** Why it gave nothing. */
export function refusal(
  status: number,
  code: string,
  message: string,
  options: {
    retryAfterMs?: number | undefined;
    headers?: Readonly<Record<string, string>>;
  } = {},
): Response {
  const { retryAfterMs, headers } = options;
  return Response.json({
    code,
    message,
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  }, {
    status,
    headers: {
      "cache-control": "no-store",
      ...(status === STATUS_CODE.Unauthorized
        ? { "www-authenticate": "Bearer" }
        : {}),
      ...(retryAfterMs === undefined
        ? {}
        : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) }),
      ...headers,
    },
  });
}

/** The answer that an error makes. */
export function refusalOf(
  { code, message, retryAfterMs }: CommandError,
): Response {
  return refusal(ERROR_STATUS[code], code, message, { retryAfterMs });
}
