/** Whose token a request of the app carries, and what is answered where that is not enough. @module */

import type { Scope } from "../../mod.ts";
import type { Grant } from "../access/grant.ts";
import { readToken } from "../access/host_policy.ts";
import type { AppContext, AppOptions } from "../gateway/app_options.ts";
import { problem } from "../errors/problem.ts";

/** What of the app looks after tokens. */
export type TokenOptions = Pick<
  AppOptions,
  "authenticate" | "slowDown" | "metrics"
>;

/** When one whose tokens were wrong too often should come again. */
const RETRY_TOKEN_MS = 5000;

/** A handler behind a token, and a scope. */
export function authorized(
  options: TokenOptions,
  scope: Scope | undefined,
  answer: (c: AppContext, grant: Grant) => Response | Promise<Response>,
): (c: AppContext) => Promise<Response> {
  return async (c) => {
    const grant = await grantOf(options, c);
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

/** What the request's token allows, or the answer that says that it has none. */
export async function grantOf(
  options: TokenOptions,
  c: AppContext,
): Promise<Grant | Response> {
  const token = readContextToken(c);
  return token === undefined
    ? problem(
      "unauthorized",
      "Cannot answer: a token is needed, as Authorization: Bearer or ?access_token=",
    )
    : await checkToken(options, c, token);
}

/** What a token allows, or the answer that says that it is wrong. */
export async function checkToken(
  options: TokenOptions,
  c: AppContext,
  token: string,
): Promise<Grant | Response> {
  const grant = options.authenticate(token);
  if (grant !== undefined && !grant.revoked()) {
    const { visit } = c.env ?? {};
    if (visit !== undefined) visit.grant = grant.name;
    return grant;
  }
  options.metrics.authFailure();
  const { address } = c.env ?? {};
  if (await options.slowDown?.(address, c.req.raw.signal) === false) {
    return problem("overloaded", "Cannot answer: too many wrong tokens", {
      retryAfterMs: RETRY_TOKEN_MS,
    });
  }
  return problem("unauthorized", "Cannot answer: the token is not known");
}

/** The token that the request carries. */
export function readContextToken(c: AppContext): string | undefined {
  const { host, searchParams } = new URL(c.req.url);
  return readToken({
    query: searchParams,
    acts: c.req.method !== "GET" && c.req.method !== "HEAD",
    header: (name) =>
      c.req.header(name) ?? (name === "host" ? host : undefined),
  });
}
