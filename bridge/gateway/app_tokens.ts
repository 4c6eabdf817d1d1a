/** Tokens of the app's requests, and the answers to those that are rejected. @module */

import type { Scope } from "../../mod.ts";
import type { Grant } from "../access/grant.ts";
import { readToken } from "../access/host_policy.ts";
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
    if (scope !== undefined && !grant.scopes.has(scope)) {
      return problem(
        "forbidden",
        `Cannot answer: the token ${grant.name} does not have the scope ${scope}`,
      );
    }
    return await answer(c, grant);
  };
}

/**
 * Returns what the token of a request allows, or the answer that rejects it.
 *
 * @param token @default the token of header, query or cookie
 */
export async function authenticate(
  gate: TokenGate,
  c: AppContext,
  token: string | undefined = readContextToken(c),
): Promise<Grant | Response> {
  const { address, visit } = c.env ?? {};
  const { signal } = c.req.raw;
  const grant = await gate.authenticate({ token, address, signal });
  if (grant instanceof Refusal) return refusalProblem(grant);
  if (visit !== undefined) visit.grant = grant.name;
  return grant;
}

/** Reads the token of a request; `undefined` if it has none. */
export function readContextToken(c: AppContext): string | undefined {
  const { host, searchParams } = new URL(c.req.url);
  return readToken({
    query: searchParams,
    acts: c.req.method !== "GET" && c.req.method !== "HEAD",
    header: (name) =>
      c.req.header(name) ?? (name === "host" ? host : undefined),
  });
}
