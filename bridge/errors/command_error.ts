/** The error of a failed command. @module */

import { ERROR_CODES, type ErrorCode, type FrameError } from "../../mod.ts";

/** A command that failed, with the code and message that its caller receives. */
export class CommandError extends Error {
  readonly code: ErrorCode;
  /** Milliseconds to wait before the next try; `undefined` if unknown. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "CommandError";
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Converts the error to that of a result frame. */
  toFrame(): FrameError {
    return {
      code: this.code,
      message: this.message,
      retriable: ERROR_CODES[this.code],
      ...(this.retryAfterMs === undefined
        ? {}
        : { retryAfterMs: this.retryAfterMs }),
    };
  }
}
