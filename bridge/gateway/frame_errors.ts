/** What a client is told of a frame that is not taken. @module */

import { ERROR_CODES, type FrameError } from "../../mod.ts";

/** It is no frame. */
export function badFrame(rule: string): FrameError {
  return {
    code: "bad_frame",
    message: `Cannot take the frame: ${rule}`,
    retriable: ERROR_CODES.bad_frame,
  };
}

/** It is one, and asks for what cannot be. */
export function badParams(rule: string): FrameError {
  return {
    code: "bad_params",
    message: `Cannot take the frame: ${rule}`,
    retriable: ERROR_CODES.bad_params,
  };
}

/** There are too many. */
export function overloaded(rule: string, retryAfterMs: number): FrameError {
  return {
    code: "overloaded",
    message: `Cannot take a command: ${rule}`,
    retriable: ERROR_CODES.overloaded,
    retryAfterMs,
  };
}

/** The bridge failed. */
export function internal(): FrameError {
  return {
    code: "internal",
    message: "Internal error: see the bridge's log",
    retriable: ERROR_CODES.internal,
  };
}
