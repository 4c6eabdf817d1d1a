/** How a bridge's commands and connections fail. @module */

import { defined } from "../defined.ts";
import { CLOSE_CODES, ERROR_CODES, type ErrorCode } from "../frames/errors.ts";

/**
 * Why a command or a connection failed: a code of the bridge's frames, or
 * `closed` where the client ended first.
 *
 * @category Errors
 */
export type BridgeErrorCode = ErrorCode | "closed";

/**
 * Details of a bridge error, in addition to its code and message.
 *
 * @category Errors
 */
export interface BridgeErrorOptions {
  /** The close code of the WebSocket, where a close was the reason. */
  closeCode?: number;
  /**
   * Whether the same again may go well.
   *
   * @default what the code's table says
   */
  retriable?: boolean;
  /** Time to wait before trying again, in milliseconds; absent if unknown. */
  retryAfterMs?: number;
  /** The key of the command. */
  key?: string;
  /**
   * Whether the command's frame was sent.
   *
   * @default false
   */
  sent?: boolean;
  /** The error that caused this one. */
  cause?: unknown;
}

/**
 * A command that the bridge did not do, or a connection that cannot be had.
 *
 * The message never holds the token.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BridgeClient, BridgeError } from "@tqq/tqq";
 *
 * const bridge = new BridgeClient({
 *   url: "ws://127.0.0.1:8080/ws",
 *   token: "of the bridge",
 * });
 * await bridge.close();
 * const error = await bridge.ping().catch((error) => error);
 * assertEquals(
 *   error instanceof BridgeError && [error.code, error.retriable],
 *   ["closed", false],
 * );
 * ```
 * @category Errors
 */
export class BridgeError extends Error {
  /** What failed, for programs. */
  readonly code: BridgeErrorCode;
  /** The close code of the WebSocket, where a close was the reason. */
  readonly closeCode: number | undefined;
  /** Whether the same again may go well. */
  readonly retriable: boolean;
  /** Time to wait before trying again, in milliseconds; absent if unknown. */
  readonly retryAfterMs: number | undefined;
  /**
   * The key of the command: the same command with this key, within 24 hours,
   * is not done twice. Undefined for commands that only read.
   */
  readonly key: string | undefined;
  /**
   * Whether the command's frame was sent at least once. If it is false, the bridge
   * did nothing, and the command can be repeated with any key.
   */
  readonly sent: boolean;

  /**
   * Made by the client.
   *
   * @param code What failed.
   * @param message What, why, got.
   * @param options What else is known.
   */
  constructor(
    code: BridgeErrorCode,
    message: string,
    options: BridgeErrorOptions = {},
  ) {
    super(
      message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "BridgeError";
    this.code = code;
    this.closeCode = options.closeCode;
    this.retriable = options.retriable ??
      (code === "closed" ? false : ERROR_CODES[code] ?? false);
    this.retryAfterMs = options.retryAfterMs;
    this.key = options.key;
    this.sent = options.sent ?? false;
  }
}

const FINAL_CODES: Readonly<Record<number, BridgeErrorCode>> = {
  1003: "bad_frame",
  1008: "forbidden",
  1009: "bad_frame",
  4000: "bad_frame",
  4001: "forbidden",
  4003: "forbidden",
};

/** Whether a close is one after which connecting again can help; unknown codes are. */
export function isReconnectable(closeCode: number): boolean {
  return CLOSE_CODES[closeCode]?.reconnect ?? true;
}

/** The error of a close after which connecting again cannot help. */
export function finalError(closeCode: number, reason: string): BridgeError {
  const meaning = CLOSE_CODES[closeCode]?.meaning ?? "unknown close code";
  const said = reason === "" ? "" : ` (${reason})`;
  return new BridgeError(
    FINAL_CODES[closeCode] ?? "closed",
    `Cannot stay connected to the bridge: ${meaning}${said}, got close code ${closeCode}`,
    { closeCode },
  );
}

/**
 * The error of a command that was under way, or begun, when the client had ended.
 *
 * @param command Its name.
 * @param end What ended the client, unless that was asked for.
 * @param sent Whether the command's frame was sent.
 */
export function closedError(
  command: string,
  end: BridgeError | undefined,
  sent = false,
): BridgeError {
  if (end === undefined) {
    return new BridgeError(
      "closed",
      `Cannot do ${command}: the client was closed`,
      { sent },
    );
  }
  return new BridgeError(
    end.code,
    `Cannot do ${command}: ${end.message}`,
    defined({ closeCode: end.closeCode, cause: end.cause, sent }),
  );
}
