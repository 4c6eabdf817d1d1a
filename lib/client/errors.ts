/** What the client throws. @module */

import { TransportError } from "./transport.ts";

/**
 * Every way in which a request fails, and whether the same call, made again
 * later, can succeed without harm.
 *
 * @category Errors
 */
export const CLIENT_ERRORS = {
  /** RES=20: not logged in, or logged in elsewhere since. Log in again. */
  not_logged_in: true,
  /** RS=1: the password is wrong, with the server's `reason`. */
  login_refused: false,
  /** RES=5: an illegal QQ number. */
  invalid_uin: false,
  /** RES=3: too fast or repeated, and the answer itself came 20 to 30 s late; or not possible, as to a number that is not there. */
  penalised: true,
  /** A RES that no page describes; or, for a request that only reads, no reply at all: a close without one, or an empty body. */
  rejected: false,
  /** An answer that is none to this request. */
  malformed_reply: false,
  /** No connection, an answer that broke off, or a status other than 200. */
  unreachable: true,
  /** No answer in time to a request that only reads. */
  timeout: true,
  /**
   * A request that acts was sent and no whole reply came (a close without one
   * and an empty body count as well): it may be done or not. Repeat it only with the same key and SEQ, where `honoursKeys` is true.
   */
  outcome_unknown: false,
} as const;

/**
 * Why a request failed.
 *
 * @category Errors
 */
export type ClientErrorCode = keyof typeof CLIENT_ERRORS;

/**
 * Details of an error, in addition to its message.
 *
 * @category Errors
 */
export interface QqErrorDetails {
  /** The command, as the request spelt it. */
  cmd: string;
  /** `RES` of the reply, where there was one. */
  res?: number;
  /** Reason of the server, in words for people. */
  reason?: string;
  /** Idempotency-Key header of the request. */
  key?: string;
  /** SEQ field of the request. */
  seq?: string;
  /** Whether the server gives keys back, as far as is known. */
  honoursKeys?: boolean;
  /** Whether the server says that the key of a GetMsgEx was followed by another key. */
  overtaken?: boolean;
  /** What was thrown underneath. */
  cause?: unknown;
}

/**
 * A request that failed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { isRetriable, QqClient, QqError } from "@tqq/tqq";
 *
 * await using client = new QqClient({
 *   uin: "10001",
 *   password: "demo",
 *   // A server that answers nothing: NULL.
 *   fetch: () => Promise.resolve(new Response("")),
 * });
 * const error = await client.login().catch((error) => error);
 * assertEquals(error instanceof QqError && error.code, "rejected");
 * assertEquals(isRetriable(error), false);
 * ```
 * @category Errors
 */
export class QqError extends Error {
  /** What failed. Branch on it. */
  readonly code: ClientErrorCode;
  /** The command, as the request spelt it. */
  readonly cmd: string;
  /** `RES` of the reply, where there was one. */
  readonly res?: number;
  /** The server's reason, with `login_refused`. */
  readonly reason?: string;
  /** The request's Idempotency-Key, to repeat it with. */
  readonly key?: string;
  /** The request's SEQ, to repeat it with. */
  readonly seq?: string;
  /**
   * Whether the server gives Idempotency-Keys back, so that a repeat with the
   * same key and SEQ acts once; absent where that is not known yet.
   */
  readonly honoursKeys?: boolean;
  /**
   * True if the server says, with `penalised`, that the key of a GetMsgEx was
   * followed by another key: another reader has the mailbox.
   */
  readonly overtaken?: boolean;

  /**
   * Made by the client.
   *
   * @param code Why.
   * @param message What, why, got; never a secret.
   * @param details The rest.
   */
  constructor(code: ClientErrorCode, message: string, details: QqErrorDetails) {
    const { cause, cmd, ...rest } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.name = "QqError";
    this.code = code;
    this.cmd = cmd;
    Object.assign(this, rest);
  }
}

/**
 * Whether the same call, made again later, can succeed without harm. True for
 * `not_logged_in` (after a login), `penalised`, `unreachable` and `timeout`;
 * false for everything else: what is no {@linkcode QqError}, and an
 * `unreachable` because the platform forbids the connection.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { isRetriable, QqClient, TransportError } from "@tqq/tqq";
 *
 * await using client = new QqClient({
 *   uin: "10001",
 *   password: "demo",
 *   transport: {
 *     post: () => Promise.reject(new TransportError("unreachable", "no cable")),
 *   },
 * });
 * const error = await client.login().catch((error) => error);
 * assertEquals(isRetriable(error), true);
 * assertEquals(isRetriable(new Error("a bug")), false);
 * ```
 * @category Errors
 */
export function isRetriable(error: unknown): boolean {
  return error instanceof QqError && CLIENT_ERRORS[error.code] &&
    !isPermanent(error);
}

/** Whether the platform forbids the connection, so that the program must change. */
export function isPermanent({ cause }: QqError): boolean {
  return cause instanceof TransportError && cause.permanent;
}

/** The error of an answer that is none to its request. */
export function malformedReply(
  message: string,
  details: QqErrorDetails,
): QqError {
  return new QqError("malformed_reply", message, details);
}
