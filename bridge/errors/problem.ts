/** Errors as problem+json of RFC 9457. @module */

import { ERROR_CODES, type ErrorCode } from "../../mod.ts";
import type { CommandError } from "./command_error.ts";
import { STATUS_TEXT } from "../deps.ts";
import { ERROR_STATUS, HTTP_CODES, type ProblemCode } from "./http_status.ts";

/** The body of a problem. */
export interface Problem {
  /** Always `about:blank`; branch on `code`. */
  type: string;
  /** Name of the HTTP status. */
  title: string;
  status: number;
  /** Message for people. The wording may change; branch on `code`. */
  detail: string;
  code: ProblemCode;
  /** Whether sending the same request again can succeed. */
  retriable: boolean;
  /** Delay before the next try, in milliseconds; absent if unknown. */
  retryAfterMs?: number;
}

export const PROBLEM_TYPE = "application/problem+json";

/** Creates the response of an error. */
export function problem(
  code: ProblemCode,
  detail: string,
  options: {
    retryAfterMs?: number | undefined;
    headers?: Record<string, string>;
  } = {},
): Response {
  const status = isErrorCode(code) ? ERROR_STATUS[code] : HTTP_CODES[code];
  const { retryAfterMs } = options;
  const body: Problem = {
    type: "about:blank",
    title: STATUS_TEXT[status] ?? "Error",
    status,
    detail,
    code,
    retriable: isErrorCode(code)
      ? ERROR_CODES[code]
      : code === "too_slow" || code === "unavailable",
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": PROBLEM_TYPE,
      "cache-control": "no-store",
      ...(status === 401 ? { "www-authenticate": 'Bearer realm="tqq"' } : {}),
      ...(retryAfterMs === undefined
        ? {}
        : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) }),
      ...options.headers,
    },
  });
}

/** Creates the response of a failed command. */
export function problemOf(error: CommandError): Response {
  const { code, message, retryAfterMs } = error;
  return problem(code, message, { retryAfterMs });
}

function isErrorCode(code: ProblemCode): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
