/** Errors of frames that are not executed. @module */

import { ERROR_CODES, type FrameError } from "../../mod.ts";

/** Error for input that is not a valid frame. */
export function badFrame(rule: string): FrameError {
  return {
    code: "bad_frame",
    message: `Cannot take the frame: ${rule}`,
    retriable: ERROR_CODES.bad_frame,
  };
}

/** Error for a valid frame whose values are not possible. */
export function badParams(rule: string): FrameError {
  return {
    code: "bad_params",
    message: `Cannot take the frame: ${rule}`,
    retriable: ERROR_CODES.bad_params,
  };
}

/** Error for a command over a limit. */
export function overloaded(rule: string, retryAfterMs: number): FrameError {
  return {
    code: "overloaded",
    message: `Cannot take a command: ${rule}`,
    retriable: ERROR_CODES.overloaded,
    retryAfterMs,
  };
}

/** Error for a command that failed unexpectedly. */
export function internal(): FrameError {
  return {
    code: "internal",
    message: "Internal error: see the bridge's log",
    retriable: ERROR_CODES.internal,
  };
}
