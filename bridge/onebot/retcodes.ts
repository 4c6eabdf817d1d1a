/** Answers to calls, and the `retcode` of each error. @module */

import type { ErrorCode } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";

export interface Answer {
  /** `async` means that the call was accepted and not done yet. */
  readonly status: "ok" | "async" | "failed";
  /** 0 for `ok`, 1 for `async`, else one of {@linkcode RETCODES}. */
  readonly retcode: number;
  readonly data: unknown;
  readonly message?: string;
  /** The same as `message`, because some clients show this one. */
  readonly wording?: string;
  /** Error code of the frame protocol. */
  readonly code?: ErrorCode;
  /** When to try again, in milliseconds; absent if unknown. */
  readonly retry_after_ms?: number;
}

/**
 * The retcode of each error. The standard has those from 1400 on, made of HTTP
 * statuses; the others follow the ranges of OneBot 12.
 */
export const RETCODES: Readonly<Record<ErrorCode, number>> = {
  bad_frame: 1400,
  forbidden: 1403,
  unknown_command: 1404,
  already_exists: 1409,
  bad_params: 10003,
  internal: 20002,
  unreachable: 33001,
  timeout: 33002,
  outcome_unknown: 33003,
  malformed_reply: 33004,
  not_logged_in: 34001,
  login_refused: 34002,
  invalid_uin: 34003,
  penalised: 34004,
  rejected: 34005,
  unknown_account: 35001,
  overloaded: 36001,
};

/** Answer to a call that is done later. */
export const ASYNC: Answer = { status: "async", retcode: 1, data: null };

/** Creates the answer to a call that was done. */
export function done(data: unknown): Answer {
  return { status: "ok", retcode: 0, data: data ?? null };
}

/** Creates the answer to a call that was not done. */
export function failed(
  code: ErrorCode,
  message: string,
  retryAfterMs?: number,
): Answer {
  return {
    status: "failed",
    retcode: RETCODES[code],
    data: null,
    message,
    wording: message,
    code,
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  };
}

/** Converts an error to an answer; `undefined` for one that should not happen. */
export function failedWith(error: unknown): Answer | undefined {
  if (!(error instanceof CommandError)) return undefined;
  return failed(error.code, error.message, error.retryAfterMs);
}
