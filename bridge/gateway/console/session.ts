/** Signing in and out of the web console. @module */

import type {
  ConsoleSession,
  ConsoleSessions,
  PresentedSession,
} from "../../access/console_sessions.ts";
import type { Grant } from "../../access/grant.ts";
import { isOwnOrigin } from "../../access/host_policy.ts";
import {
  type CookiePlace,
  formatClearedCookies,
  formatSessionCookie,
} from "../../access/session_cookie.ts";
import type { Context, Hono } from "../../deps.ts";
import { problem } from "../../errors/problem.ts";
import type { AppEnv } from "../app_options.ts";
import { readPresentedSession, readToken } from "../app_tokens.ts";

export const SESSION_PATH = "/console/session";

/** Maximum size of a sign-in: a token and a little JSON around it. */
const MAX_BODY_BYTES = 2048;

/** What signing in needs of the app. */
export interface SessionOptions {
  readonly version: string;
  readonly sessions: ConsoleSessions;
  /** Returns what a token allows, or the answer that rejects it. */
  check(c: Context<AppEnv>, token: string): Promise<Grant | Response>;
  /** Counts a call of a token; returns the answer that rejects it if there were too many. */
  takeCall(grant: Grant): Response | undefined;
}

/** What the page learns about its session. */
export interface SessionInfo {
  /** Name of the token; absent if nobody is signed in. */
  name?: string;
  /** Id of the token. */
  id?: string;
  scopes?: string[];
  /** QQ numbers of the accounts that the token reaches, or `all`. */
  accounts?: "all" | string[];
  /** When the session ends if no page uses it, ISO 8601. */
  expiresAt?: string;
  /** Half of the session's secret that the page keeps; only when it signs in. */
  proof?: string;
  /** Version of the program. */
  version: string;
}

export function sessionRoutes(
  app: Hono<AppEnv>,
  options: SessionOptions,
): void {
  app.get(SESSION_PATH, (c) => showSession(c, options));
  app.post(SESSION_PATH, (c) => signIn(c, options));
  app.delete(SESSION_PATH, (c) => signOut(c, options));
}

/**
 * Answers who is signed in. Nobody is no error, because the page asks before it
 * knows. With `?extend` the session gets its whole life again.
 */
async function showSession(
  c: Context<AppEnv>,
  { check, sessions, version }: SessionOptions,
): Promise<Response> {
  const token = readToken(c);
  if (token !== undefined) {
    const grant = await check(c, token);
    if (!(grant instanceof Response)) {
      return answer({ ...infoOf(grant), version });
    }
    if (grant.status !== 401) return grant;
    await grant.body?.cancel();
    return answer({ version });
  }
  const { cookie, proof } = readPresentedSession(c);
  const isExtension = c.req.query("extend") !== undefined;
  const session = cookie === undefined
    ? undefined
    : isExtension
    ? sessions.extend({ cookie, proof })
    : sessions.find({ cookie, proof });
  if (session !== undefined && cookie !== undefined) {
    return answer({ ...sessionInfo(session), version }, [
      ...cleared(c),
      ...(isExtension
        ? [formatSessionCookie(placeOf(c), cookie, session.lifeMs / 1000)]
        : []),
    ]);
  }
  const isEnded = cookie !== undefined && !sessions.has(cookie);
  if (cookie === undefined && proof === undefined) {
    return answer({ version }, cleared(c));
  }
  return withCookies(
    problem(
      "unauthorized",
      "Cannot answer: the session has ended. Sign in again.",
    ),
    cleared(c, isEnded),
  );
}

async function signIn(
  c: Context<AppEnv>,
  { check, takeCall, sessions, version }: SessionOptions,
): Promise<Response> {
  const foreign = refuseForeign(c);
  if (foreign !== undefined) return foreign;
  const body = await readSignIn(c);
  if (body instanceof Response) return body;
  const grant = await check(c, body.token);
  if (grant instanceof Response) return grant;
  // Each sign-in writes to the disk.
  const excess = takeCall(grant);
  if (excess !== undefined) return excess;
  const former = presentedSession(c);
  if (former !== undefined) sessions.end(former, false, c.env?.address);
  const opened = sessions.open(
    grant,
    body.token,
    body.isKept,
    c.env?.address,
  );
  return answer(
    { ...sessionInfo(opened), proof: opened.proof, version },
    [
      ...cleared(c),
      formatSessionCookie(placeOf(c), opened.cookie, opened.lifeMs / 1000),
    ],
  );
}

function signOut(
  c: Context<AppEnv>,
  { sessions }: SessionOptions,
): Response {
  const foreign = refuseForeign(c);
  if (foreign !== undefined) return foreign;
  const presented = presentedSession(c);
  const isEverywhere = c.req.query("everywhere") !== undefined;
  if (presented !== undefined) {
    sessions.end(presented, isEverywhere, c.env?.address);
  }
  const headers = { "cache-control": "no-store" };
  return withCookies(
    new Response(null, { status: 204, headers }),
    cleared(c, true),
  );
}

/** Rejects other pages, which must sign nobody in or out. Browsers send the origin with each POST and DELETE. */
function refuseForeign(c: Context<AppEnv>): Response | undefined {
  const origin = c.req.header("origin");
  return origin !== undefined && isOwnOrigin(origin, placeOf(c).host)
    ? undefined
    : problem(
      "forbidden",
      "Cannot sign in or out: only the console's page may",
    );
}

async function readSignIn(
  c: Context<AppEnv>,
): Promise<{ token: string; isKept: boolean } | Response> {
  const length = Number(c.req.header("content-length") ?? NaN);
  if (!(length <= MAX_BODY_BYTES)) {
    return problem(
      "too_large",
      `Cannot sign in: Content-Length must be given, and at most ${MAX_BODY_BYTES}`,
      { headers: { connection: "close" } },
    );
  }
  try {
    const { token, keep = false } = await c.req.json() as {
      token?: unknown;
      keep?: unknown;
    };
    if (
      typeof token === "string" && token !== "" && typeof keep === "boolean"
    ) return { token, isKept: keep };
  } catch {
    // Answered below.
  }
  return problem(
    "bad_params",
    'Cannot sign in: the body must be {"token":"...","keep":false}; keep is optional',
  );
}

function presentedSession(c: Context<AppEnv>): PresentedSession | undefined {
  const { cookie, proof } = readPresentedSession(c);
  return cookie === undefined ? undefined : { cookie, proof };
}

function infoOf({ id, name, scopes, accounts }: Grant): Omit<
  SessionInfo,
  "version"
> {
  return {
    name,
    id,
    scopes: [...scopes],
    accounts: accounts === "all" ? "all" : [...accounts],
  };
}

function sessionInfo(
  { grant, expiresAt }: ConsoleSession,
): Omit<SessionInfo, "version"> {
  return { ...infoOf(grant), expiresAt: new Date(expiresAt).toISOString() };
}

function answer(info: SessionInfo, cookies: readonly string[] = []): Response {
  const headers = { "cache-control": "no-store" };
  return withCookies(Response.json(info, { headers }), cookies);
}

function withCookies(
  response: Response,
  cookies: readonly string[],
): Response {
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}

function cleared(c: Context<AppEnv>, isSessionEnded = false): string[] {
  return formatClearedCookies(placeOf(c), c.req.header("cookie"), {
    isSessionEnded,
  });
}

function placeOf(c: Context<AppEnv>): CookiePlace {
  const url = new URL(c.req.url);
  return {
    host: c.req.header("host") ?? url.host,
    basePath: c.env?.basePath ?? "",
    // A proxy may end TLS, so the page's origin decides where it is sent.
    isSecure: (c.req.header("origin") ?? url.protocol).startsWith("https:"),
  };
}
