/** Tokens of the app's requests, and the answers to those that are rejected. @module */

import type { Scope } from "../../mod.ts";
import type { Grant } from "../access/grant.ts";
import { tokenOf } from "../access/request_token.ts";
import { PROOF_HEADER, readSessionCookie } from "../access/session_cookie.ts";
import { Refusal } from "../endpoint/refusal.ts";
import type { TokenGate } from "../endpoint/token_gate.ts";
import type { ProblemCode } from "../errors/http_status.ts";
import { problem } from "../errors/problem.ts";
import type { RefusalCode, RequestRefusalCode } from "../endpoint/refusal.ts";
import type { AppContext } from "./app_options.ts";

const CODES: Readonly<Record<RequestRefusalCode, ProblemCode>> = {
  no_token: "unauthorized",
  unknown_token: "unauthorized",
  too_many_calls: "overloaded",
  bad_body: "bad_frame",
  body_too_large: "too_large",
  body_too_slow: "too_slow",
  unsupported_media_type: "unsupported_media_type",
  no_account: "unknown_account",
  not_found: "not_found",
  method_not_allowed: "method_not_allowed",
  upgrade_required: "upgrade_required",
};

/** Rejections after which the rest of the body is not read, so that the connection cannot be used again. */
const CLOSING: ReadonlySet<RefusalCode> = new Set([
  "body_too_large",
  "body_too_slow",
]);

/** Formats a rejection as problem+json. */
export function refusalProblem(
  { code, message, retryAfterMs, headers }: Refusal,
): Response {
  return problem(
    toProblemCode(code),
    message,
    {
      retryAfterMs,
      headers: {
        ...headers,
        ...(CLOSING.has(code) ? { connection: "close" } : {}),
      },
    },
  );
}

function toProblemCode(code: RefusalCode): ProblemCode {
  return code in CODES
    ? CODES[code as RequestRefusalCode]
    : code as Exclude<RefusalCode, RequestRefusalCode>;
}

/** Returns a handler that requires a token, and a scope if one is named. */
export function authorized(
  gate: TokenGate,
  scope: Scope | undefined,
  answer: (c: AppContext, grant: Grant) => Response | Promise<Response>,
): (c: AppContext) => Promise<Response> {
  return async (c) => {
    const grant = await authenticate(gate, c);
    if (grant instanceof Response) return grant;
    const refusal = scope && gate.checkScope(grant, scope, c.env?.address);
    if (refusal !== undefined) return refusalProblem(refusal);
    return await answer(c, grant);
  };
}

/**
 * Returns what the credentials of a request allow, or the answer that rejects
 * them.
 *
 * @param token @default the token of header or query, else the console's session
 */
export async function authenticate(
  gate: TokenGate,
  c: AppContext,
  token: string | undefined = readToken(c),
): Promise<Grant | Response> {
  const { address, visit } = c.env ?? {};
  const { signal } = c.req.raw;
  const { cookie, proof } = readPresentedSession(c);
  const grant = await gate.authenticate({
    token,
    ...(cookie === undefined ? {} : { session: { cookie, proof } }),
    address,
    signal,
  });
  if (grant instanceof Refusal) return refusalProblem(grant);
  if (visit !== undefined) visit.grant = grant.name;
  return grant;
}

/** Whether a request has a token, or both halves of a session. */
export function hasCredentials(c: AppContext): boolean {
  const { cookie, proof } = readPresentedSession(c);
  return readToken(c) !== undefined ||
    cookie !== undefined && proof !== undefined;
}

/** Reads the token of header or query; `undefined` if there is none. */
export function readToken(c: AppContext): string | undefined {
  const { searchParams } = new URL(c.req.url);
  return tokenOf(c.req.header("authorization"), searchParams);
}

/** Reads the halves of a console session. */
export function readPresentedSession(
  c: AppContext,
): { cookie: string | undefined; proof: string | undefined } {
  const { host } = new URL(c.req.url);
  const cookie = readSessionCookie({
    acts: c.req.method !== "GET" && c.req.method !== "HEAD",
    header: (name) =>
      c.req.header(name) ?? (name === "host" ? host : undefined),
  });
  return { cookie, proof: c.req.header(PROOF_HEADER) };
}
