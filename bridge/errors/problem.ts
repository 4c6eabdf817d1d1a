/** Errors over HTTP: RFC 9457 problem+json. @module */

import { ERROR_CODES, type ErrorCode } from "../../mod.ts";
import type { CommandError } from "./command_error.ts";
import { STATUS_TEXT } from "../deps.ts";
import { ERROR_STATUS, HTTP_CODES, type ProblemCode } from "./http_status.ts";

/** What a problem's body holds. */
export interface Problem {
  /** Always `about:blank`: the code says which. */
  type: string;
  /** The status in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What, why, got. */
  detail: string;
  /** The error's code. */
  code: ProblemCode;
  /** Whether the same again may go well. */
  retriable: boolean;
  /** When to try again, in milliseconds, where that is known. */
  retryAfterMs?: number;
}

/** The media type of a problem. */
export const PROBLEM_TYPE = "application/problem+json";

/** An answer that says what went wrong. */
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

/** The answer to a command that was not done. */
export function problemOf(error: CommandError): Response {
  const { code, message, retryAfterMs } = error;
  return problem(code, message, { retryAfterMs });
}

function isErrorCode(code: ProblemCode): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
