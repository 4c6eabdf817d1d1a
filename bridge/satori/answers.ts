/** Answers of the API: a status, and JSON. @module */

import type { ErrorCode } from "../../mod.ts";
import type { Refusal, RefusalCode } from "../endpoint/refusal.ts";
import type { CommandError } from "../errors/command_error.ts";
import { ERROR_STATUS } from "../errors/http_status.ts";

/** 404 says that Satori has no such method, so an unknown account is 403. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  ...ERROR_STATUS,
  unknown_account: 403,
};

/** The status of what only HTTP knows. */
export const HTTP_STATUS = {
  unauthorized: 401,
  method_not_allowed: 405,
  upgrade_required: 426,
} as const;

/** What a method gave. */
export function answer(value: unknown): Response {
  return Response.json(value ?? {}, {
    headers: { "cache-control": "no-store" },
  });
}

/** Why it gave nothing. */
export function refusal(
  code: ErrorCode | keyof typeof HTTP_STATUS,
  message: string,
  options: {
    retryAfterMs?: number | undefined;
    headers?: Readonly<Record<string, string>>;
  } = {},
): Response {
  const { retryAfterMs, headers } = options;
  const status = { ...STATUS, ...HTTP_STATUS }[code];
  return Response.json({
    code,
    message,
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  }, {
    status,
    headers: {
      "cache-control": "no-store",
      ...(code === "unauthorized" ? { "www-authenticate": "Bearer" } : {}),
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
  return refusal(code, message, { retryAfterMs });
}

/** Error code of each rejection. A bad body is always 400, as documented. */
const REFUSALS: Readonly<Record<RefusalCode, ErrorCode | "unauthorized">> = {
  no_token: "unauthorized",
  unknown_token: "forbidden",
  overloaded: "overloaded",
  bad_body: "bad_frame",
  body_too_large: "bad_frame",
  body_too_slow: "bad_frame",
  unsupported_media_type: "bad_frame",
};

/** Formats a rejection as a response. */
export function refusalResponse(
  { code, message, retryAfterMs }: Refusal,
): Response {
  return refusal(REFUSALS[code], message, { retryAfterMs });
}
