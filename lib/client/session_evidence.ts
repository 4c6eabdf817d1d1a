/** Why the server has ended a session: what speaks for a restart, and what for another login. @module */

import { QqError } from "./errors.ts";
import type { MailPort } from "./mail.ts";
import { TransportError } from "./transport.ts";

/**
 * A RES=3 to a GetMsgEx that comes sooner than this, in milliseconds, and with
 * the request's key, says that the key was followed by another. A penalty
 * comes late.
 */
const OVERTAKEN_WITHIN_MS = 1000;

/** What a reply is compared with: the session as it was when its request was sent. */
export interface Mark {
  readonly login: number;
  /** Requests that had failed until then. */
  readonly failures: number;
  readonly at: number;
}

/** Collects what the requests of a client show about its session. */
export class SessionEvidence {
  #logins = 0;
  /** Requests of this session that failed on the way. */
  #failures = 0;
  /** How many of them the server has outlived: it answered a later request. */
  #outlived = 0;
  /** When the last request of this session that was answered was sent. */
  #renewedAt = -Infinity;
  /** Whether the server of the last login knows Tqq-Session. */
  #namesSessions = false;

  mark(now: number): Mark {
    return { login: this.#logins, failures: this.#failures, at: now };
  }

  /** A request failed; if that was on the way, the server may have been restarted. */
  failed(error: unknown): void {
    if (isFailure(error)) this.#failures++;
  }

  /** A request was answered, other than with RES=20. */
  answered({ at, failures }: Mark): void {
    this.#outlived = Math.max(this.#outlived, failures);
    this.#renewedAt = Math.max(this.#renewedAt, at);
  }

  /** The reply to a Login came. */
  loginAnswered(namesSessions: boolean): void {
    this.#namesSessions = namesSessions;
  }

  loggedIn(): void {
    this.#logins++;
    this.#outlived = this.#failures;
  }

  /** Whether a reply belongs to the session of now. */
  isCurrent({ login }: Mark): boolean {
    return login === this.#logins;
  }

  /**
   * Who has the account after a RES=20, and whether nobody has.
   *
   * @param by Tqq-Session of the reply.
   * @param lapseMs How long a session lasts without a request.
   */
  causeOf(
    { at }: Mark,
    by: string | null,
    lapseMs: number,
  ): { takenBy: MailPort["takenBy"]; isRestart: boolean } {
    if (this.#namesSessions) {
      const takenBy = by === "overtaken" || by === "elsewhere" ? by : undefined;
      return { takenBy, isRestart: takenBy === undefined };
    }
    const hasLapsed = at - this.#renewedAt >= lapseMs;
    const isRestart = hasLapsed || this.#failures > this.#outlived;
    return { takenBy: undefined, isRestart };
  }
}

function isFailure(error: unknown): boolean {
  if (!(error instanceof QqError)) return false;
  return error.cause instanceof TransportError || error.code === "timeout" ||
    error.code === "outcome_unknown";
}

/** The error of a poll that says whether another reader has the mailbox. */
export function toPollError(error: unknown, tookMs: number): unknown {
  const isOvertaken = error instanceof QqError &&
    error.code === "penalised" &&
    error.honoursKeys === true && tookMs < OVERTAKEN_WITHIN_MS;
  if (!isOvertaken) return error;
  return new QqError(
    "penalised",
    "Cannot do GetMsgEx: RES=3, the key was followed by another key. Another reader has the mailbox.",
    { ...error, cause: error, overtaken: true },
  );
}
