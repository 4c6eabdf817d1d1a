/** The `retcode` of every error, and answers. @module */

import type { ErrorCode } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";

/** An answer to a call. */
export interface Answer {
  /** `ok` where done, `async` where it will be, else `failed`. */
  readonly status: "ok" | "async" | "failed";
  /** 0 for `ok`, 1 for `async`, else one of {@linkcode RETCODES}. */
  readonly retcode: number;
  /** What the action gives. */
  readonly data: unknown;
  /** Why it failed. */
  readonly message?: string;
  /** The same again: some clients show this one. */
  readonly wording?: string;
  /** The error's name, as the frame protocol has it. */
  readonly code?: ErrorCode;
  /** When to try again, in milliseconds, where that is known. */
  readonly retry_after_ms?: number;
}

/**
 * The codes of failures. The standard has those of HTTP from 1400 on; the others
 * stand in the ranges that OneBot 12 made of the habits of its servers.
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

/** The answer of what will be done. */
export const ASYNC: Answer = { status: "async", retcode: 1, data: null };

/** The answer of what was done. */
export function done(data: unknown): Answer {
  return { status: "ok", retcode: 0, data: data ?? null };
}

/** The answer of what was not done. */
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

/** The answer that an error makes; undefined for one that should not happen. */
export function failedWith(error: unknown): Answer | undefined {
  if (!(error instanceof CommandError)) return undefined;
  return failed(error.code, error.message, error.retryAfterMs);
}
