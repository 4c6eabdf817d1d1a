/** Why a request is rejected before its dialect looks at it. @module */

import type { ErrorCode } from "../../mod.ts";
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

/** Returns a value that was not rejected. @throws {Refusal} If it was. */
export function accepted<T>(value: T | Refusal): T {
  if (value instanceof Refusal) throw value;
  return value;
}

/** Describes a call over the limit of its token or connection. */
export function tooManyCommands(grant: Grant | undefined): RefusedRequest {
  return {
    reason: "rate",
    value: "commandsPerMinute",
    address: undefined,
    grant: grant?.name,
    action: "raise commandsPerMinute",
  };
}
