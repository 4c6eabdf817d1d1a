/** Error codes and WebSocket close codes of the bridge. @module */

/**
 * Every error code, and whether sending the same request again can succeed.
 *
 * @category Errors
 */
export const ERROR_CODES = {
  not_logged_in: true,
  login_refused: false,
  invalid_uin: false,
  penalised: true,
  rejected: false,
  malformed_reply: false,
  unreachable: true,
  timeout: true,
  outcome_unknown: false,
  bad_frame: false,
  unknown_command: false,
  bad_params: false,
  forbidden: false,
  unknown_account: false,
  already_exists: false,
  overloaded: true,
  internal: false,
} as const;

/**
 * The code of a {@linkcode FrameError}.
 *
 * @category Errors
 */
export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * Why the bridge did not execute a frame.
 *
 * @category Errors
 */
export interface FrameError {
  /** What failed. Branch on it. */
  code: ErrorCode;
  /** Message for people. The wording may change; branch on `code`. */
  message: string;
  /** Whether sending the same frame again can succeed. */
  retriable: boolean;
  /** Time to wait before sending it again, in milliseconds; absent if unknown. */
  retryAfterMs?: number;
}

/**
 * What a close code of the WebSocket means.
 *
 * @category Errors
 */
export interface CloseReason {
  /** The reason, in words for people. */
  readonly meaning: string;
  /** Whether connecting again later can succeed. */
  readonly reconnect: boolean;
}

/**
 * Every close code that the bridge sends.
 *
 * @category Errors
 */
export const CLOSE_CODES: Readonly<Record<number, CloseReason>> = {
  1000: { meaning: "done", reconnect: false },
  1001: { meaning: "shutting down", reconnect: true },
  1003: { meaning: "binary frames are not taken", reconnect: false },
  1008: { meaning: "token or Origin not accepted", reconnect: false },
  1009: { meaning: "frame too big", reconnect: false },
  1011: { meaning: "internal error", reconnect: true },
  1012: { meaning: "restarting", reconnect: true },
  1013: { meaning: "too slow or overloaded: come back", reconnect: true },
  4000: { meaning: "too many bad frames", reconnect: false },
  4001: { meaning: "no hello in time", reconnect: false },
  4003: { meaning: "token revoked", reconnect: false },
  4008: { meaning: "too many commands", reconnect: true },
  4009: {
    meaning: "replaced by a connection of the same consumer",
    reconnect: false,
  },
};
