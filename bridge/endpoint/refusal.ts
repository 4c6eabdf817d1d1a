/** Why a request is rejected before its dialect looks at it. @module */

/**
 * Reason of a {@linkcode Refusal}. Each dialect maps it to a status and to an
 * error code of its own.
 */
export type RefusalCode =
  | "no_token"
  | "unknown_token"
  | "overloaded"
  | "bad_body"
  | "body_too_large"
  | "body_too_slow"
  | "unsupported_media_type";

/** A rejected request. A dialect answers it in its own error format. */
export class Refusal {
  readonly code: RefusalCode;
  /** Message for people, without a secret. */
  readonly message: string;
  /** When to try again, in milliseconds; `undefined` if waiting does not help. */
  readonly retryAfterMs: number | undefined;

  constructor(code: RefusalCode, message: string, retryAfterMs?: number) {
    this.code = code;
    this.message = message;
    this.retryAfterMs = retryAfterMs;
  }
}
