/** Why a request is rejected before its dialect looks at it. @module */

import type { ErrorCode } from "../../mod.ts";
import { ERROR_STATUS } from "../errors/http_status.ts";
import type { Grant } from "../access/grant.ts";
import type { RefusedRequest } from "../ops/request_refusals.ts";

/** Reasons that exist only for requests and handshakes. */
export type RequestRefusalCode =
  | "no_token"
  | "unknown_token"
  | "too_many_calls"
  | "bad_body"
  | "body_too_large"
  | "body_too_slow"
  | "unsupported_media_type"
  | "no_account"
  | "not_found"
  | "method_not_allowed"
  | "upgrade_required";

/**
 * Reason of a {@linkcode Refusal}. Each dialect maps it to a status and to an
 * error code of its own.
 */
export type RefusalCode = RequestRefusalCode | ErrorCode;

/** A rejected request. A dialect answers it in its own error format. */
export class Refusal {
  readonly code: RefusalCode;
  /** Message for people, without a secret. */
  readonly message: string;
  /** When to try again, in milliseconds; `undefined` if waiting does not help. */
  readonly retryAfterMs: number | undefined;
  /** Headers that the answer needs. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: RefusalCode,
    message: string,
    retryAfterMs?: number,
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.code = code;
    this.message = message;
    this.retryAfterMs = retryAfterMs;
    this.headers = headers;
  }
}

/** HTTP status and error code of a rejection. */
export type StatusAndCode<C extends string = ErrorCode> = readonly [
  status: number,
  code: C,
];

/** Status and error code of each reason that only requests have. */
const REQUEST_ERRORS: Readonly<Record<RequestRefusalCode, StatusAndCode>> = {
  no_token: [401, "forbidden"],
  unknown_token: [403, "forbidden"],
  too_many_calls: [429, "overloaded"],
  bad_body: [400, "bad_frame"],
  body_too_large: [413, "bad_frame"],
  body_too_slow: [408, "bad_frame"],
  unsupported_media_type: [415, "bad_frame"],
  no_account: [503, "unknown_account"],
  not_found: [404, "unknown_command"],
  method_not_allowed: [405, "bad_frame"],
  upgrade_required: [426, "bad_frame"],
};

/** Where a dialect's statuses and error codes differ. */
export type StatusDifferences<C extends string = ErrorCode> = Readonly<
  Partial<Record<RefusalCode, StatusAndCode<C>>>
>;

/** Returns status and error code of a reason. */
export function toStatusAndCode<C extends string = ErrorCode>(
  code: RefusalCode,
  differences: StatusDifferences<C>,
): StatusAndCode<C | ErrorCode> {
  const different = differences[code];
  if (different !== undefined) return different;
  return code in REQUEST_ERRORS
    ? REQUEST_ERRORS[code as RequestRefusalCode]
    : [ERROR_STATUS[code as ErrorCode], code as ErrorCode];
}

/** Returns a value that was not rejected. @throws {Refusal} If it was. */
export function accepted<T>(value: T | Refusal): T {
  if (value instanceof Refusal) throw value;
  return value;
}

/** Describes a call over the limit of its token or connection. */
export function tooManyCommands(
  grant: Grant | undefined,
  address: string | undefined,
): RefusedRequest {
  return {
    reason: "rate",
    value: "commandsPerMinute",
    address,
    grant: grant?.name,
    action: "raise commandsPerMinute",
  };
}
