/** Authentication and the rate of calls, for every endpoint. @module */

import type { ErrorCode, Scope } from "../../mod.ts";
import type { AuditEntry, AuditSink } from "../access/audit.ts";
import type { Grant } from "../access/grant.ts";
import type { PresentedSession } from "../access/console_sessions.ts";
import type { TokenAttempts } from "../access/failure_delay.ts";
import type { RateLimits } from "../access/rate_limit.ts";
import type { UpgradeRequest } from "./endpoint.ts";
import type { RefusedRequest } from "../ops/request_refusals.ts";
import { Refusal, tooManyCommands } from "./refusal.ts";

/** Options of a {@linkcode TokenGate}. */
export interface TokenGateOptions {
  /** Returns what a token allows; `undefined` if the token is unknown. */
  authenticate(token: string): Grant | undefined;
  /**
   * Delays the answer to a rejected token. Resolves to `false`, at once, if too
   * many answers wait.
   *
   * @default no delay
   */
  slowDown?(address: string | undefined, signal: AbortSignal): Promise<boolean>;
  /**
   * Decides whether a token is looked up at all. Gates with the same object
   * count together.
   *
   * @default each token is
   */
  readonly attempts?: TokenAttempts | undefined;
  /**
   * Returns what a console session allows; `undefined` if it is not open.
   *
   * @default none opens
   */
  findSession?(presented: PresentedSession): Grant | undefined;
  /** Called with each accepted token's grant and the client's address. */
  onUse?(grant: Grant, address: string | undefined): void;
  /** Called for each missing or rejected token, to count it. */
  authFailure?(): void;
  /** Calls of each token over HTTP. Gates with the same object count together. */
  readonly rates: RateLimits;
  /** Receives each security event. @default they are not reported */
  readonly audit?: AuditSink | undefined;
  /** Called for each call that the rate of its token refuses. */
  readonly onRefusal?: ((refused: RefusedRequest) => void) | undefined;
}

/** A token, and where it came from. */
export interface PresentedToken {
  /** Token of the header or the query; empty or `undefined` if the request has none. */
  readonly token: string | undefined;
  /** Console session of the request, used if there is no token. @default none */
  readonly session?: PresentedSession;
  /** Address of the client, if known. */
  readonly address: string | undefined;
  /** Ends the delay of a rejected token. */
  readonly signal: AbortSignal;
}

/** Checks the token that arrives in the first frame of one WebSocket. */
export interface FirstFrameGate {
  /** Returns what a token allows; `undefined` if it is unknown or revoked, or is not looked up. */
  find(token: string): Grant | undefined;
  /** Returns what the console session of the handshake's cookie allows with the page's half. */
  findSession(proof: string): Grant | undefined;
  /** Counts a rejected token, and delays its answer as before an upgrade. */
  refuse(signal: AbortSignal): Promise<Refusal>;
  /** Counts the WebSocket for its token; `false` if the token has too many. */
  admit(grant: Grant): boolean;
  /** Returns why the client is rejected, if its token does not have a scope. */
  checkScope(grant: Grant, scope: Scope): Refusal | undefined;
}

/** What a token was refused. */
export type RefusedUse =
  & Pick<AuditEntry, "subject" | "subjectName">
  & { readonly message?: "command refused"; readonly reason: ErrorCode };

/** When a client with too many rejected tokens may try again. */
const RETRY_TOKEN_MS = 5000;

/** Turns the tokens of requests and first frames into grants, and delays and counts those that it rejects. */
export class TokenGate {
  readonly #options: TokenGateOptions;

  constructor(options: TokenGateOptions) {
    this.#options = options;
  }

  /** Returns what a token allows, `undefined` if it is unknown or revoked, or why it is not looked up. */
  #find(token: string, address = ""): Grant | Refusal | undefined {
    const { attempts, authFailure } = this.#options;
    if (attempts?.mayTry(address, token) === false) {
      authFailure?.();
      return tooManyWrongTokens();
    }
    const grant = this.#options.authenticate(token);
    if (grant === undefined || grant.revoked()) return undefined;
    attempts?.onAccepted(address, token);
    this.#options.onUse?.(grant, address === "" ? undefined : address);
    return grant;
  }

  /** Returns what the token of a request allows, or why the request is rejected. */
  async authenticate(request: PresentedToken): Promise<Grant | Refusal> {
    const { token, session } = request;
    if (token === undefined && session?.proof !== undefined) {
      const grant = this.#options.findSession?.(session);
      if (grant !== undefined) {
        this.#options.onUse?.(grant, request.address);
        return grant;
      }
      this.#options.authFailure?.();
      // Not delayed, because a session's secret is too long to guess, and ended ones are common.
      return new Refusal(
        "unknown_token",
        "Cannot answer: the session has ended. Sign in again.",
      );
    }
    if (token === undefined || token === "") {
      this.#options.authFailure?.();
      return new Refusal(
        "no_token",
        "Cannot answer: a token is needed, as Authorization: Bearer or ?access_token=",
      );
    }
    return this.#find(token, request.address) ?? await this.refuse(request);
  }

  /** Counts a rejected token, delays its answer, and returns it. */
  async refuse(
    { address, signal }: Omit<PresentedToken, "token">,
  ): Promise<Refusal> {
    this.#options.authFailure?.();
    if (await this.#options.slowDown?.(address, signal) === false) {
      return tooManyWrongTokens();
    }
    return new Refusal(
      "unknown_token",
      "Cannot answer: the token is not known",
    );
  }

  /**
   * Returns the gate of one WebSocket. It keeps nothing else of the handshake.
   *
   * @param cookie Half of a console session that the handshake carried.
   */
  firstFrame(
    { address, admit }: Pick<UpgradeRequest, "address" | "admit">,
    cookie?: string,
  ): FirstFrameGate {
    let unseen: Refusal | undefined;
    return {
      find: (token) => {
        const found = this.#find(token, address);
        unseen = found instanceof Refusal ? found : undefined;
        return found instanceof Refusal ? undefined : found;
      },
      findSession: (proof) => {
        const grant = cookie === undefined
          ? undefined
          : this.#options.findSession?.({ cookie, proof });
        if (grant !== undefined) this.#options.onUse?.(grant, address);
        return grant;
      },
      refuse: async (signal) =>
        unseen ?? await this.refuse({ address, signal }),
      admit: (grant) => admit?.(grant) ?? true,
      checkScope: (grant, scope) => this.checkScope(grant, scope, address),
    };
  }

  /**
   * Returns why a request is rejected, if its token does not have a scope.
   *
   * @param hint What the message says at its end.
   */
  checkScope(
    grant: Grant,
    scope: Scope,
    address: string | undefined,
    hint = "",
  ): Refusal | undefined {
    if (grant.scopes.has(scope)) return undefined;
    this.auditRefusal(grant, address, { reason: "forbidden" });
    return new Refusal(
      "forbidden",
      `Cannot answer: the token ${grant.name} does not have the scope ${scope}${hint}`,
    );
  }

  /** Records that a known token asked for what it does not allow. */
  auditRefusal(
    { id, name }: Grant,
    address: string | undefined,
    what: RefusedUse,
  ): void {
    this.#options.audit?.addRefusal({
      message: "request refused",
      actor: { id, name, address },
      ...what,
    });
  }

  /** Counts a call over HTTP; returns why it is rejected if its token has made too many. */
  takeCall(grant: Grant, address?: string): Refusal | undefined {
    const { rates } = this.#options;
    const retryAfterMs = rates.take(grant.id);
    if (retryAfterMs === undefined) return undefined;
    this.#options.onRefusal?.(tooManyCommands(grant, address));
    return new Refusal(
      "too_many_calls",
      `Cannot take the call: a token has ${rates.perMinute} a minute`,
      retryAfterMs,
    );
  }
}

/** The same for right and wrong tokens, and the client must connect again to try another. */
function tooManyWrongTokens(): Refusal {
  return new Refusal(
    "overloaded",
    "Cannot answer: too many wrong tokens",
    RETRY_TOKEN_MS,
    { connection: "close" },
  );
}
