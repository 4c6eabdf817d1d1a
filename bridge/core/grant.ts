/** What a caller may do, and how commands fail. @module */

import {
  COMMAND_SCOPES,
  ERROR_CODES,
  type ErrorCode,
  type FrameError,
  type Scope,
} from "../../mod.ts";
import type { BridgeCommandName } from "../../mod.ts";

/** What a token allows. */
export interface Grant {
  /** The token's name: it appears in logs, the token never does. */
  readonly name: string;
  /** What may be done. */
  readonly scopes: ReadonlySet<Scope>;
  /** On which accounts. */
  readonly accounts: "all" | ReadonlySet<string>;
  /** Whether the token was revoked since; asked on every command and at intervals. */
  revoked(): boolean;
}

/** Whether a grant reaches an account. */
export function reaches(grant: Grant, account: string): boolean {
  return grant.accounts === "all" || grant.accounts.has(account);
}

/** Whether a grant allows a command. */
export function allows(grant: Grant, command: BridgeCommandName): boolean {
  return grant.scopes.has(COMMAND_SCOPES[command]);
}

/** A command that was not done: what the caller is told. */
export class CommandError extends Error {
  /** See {@linkcode ErrorCode}. */
  readonly code: ErrorCode;
  /** When to try again, where that is known. */
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

  /** The error as frames carry it. */
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
