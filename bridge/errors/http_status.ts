/** The HTTP status of each error. @module */

import type { ErrorCode } from "../../mod.ts";

/** Errors that exist only over HTTP, with their status. */
export const HTTP_CODES = {
  unauthorized: 401,
  not_found: 404,
  method_not_allowed: 405,
  too_slow: 408,
  too_large: 413,
  unsupported_media_type: 415,
  upgrade_required: 426,
  unsupported_platform: 501,
  unavailable: 503,
} as const;

/** A code of {@linkcode HTTP_CODES}, or of an error of the frame protocol. */
export type ProblemCode = ErrorCode | keyof typeof HTTP_CODES;

/** The HTTP status of each error code. Satori overrides `unknown_account`. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, number>> = {
  bad_frame: 400,
  bad_params: 400,
  forbidden: 403,
  unknown_command: 404,
  unknown_account: 404,
  already_exists: 409,
  penalised: 429,
  overloaded: 429,
  internal: 500,
  not_logged_in: 502,
  login_refused: 502,
  invalid_uin: 502,
  rejected: 502,
  malformed_reply: 502,
  unreachable: 502,
  timeout: 502,
  outcome_unknown: 502,
};
