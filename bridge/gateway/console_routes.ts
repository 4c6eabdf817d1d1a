/** The web console: its files, and the cookie that its page is signed in by. @module */

import type { ConsoleSource } from "../console/files.ts";
import type { Grant } from "../access/grant.ts";
import {
  type Context,
  type Hono,
  secureHeaders,
  serializeCookie,
} from "../deps.ts";
import { cookieName, isOwnOrigin } from "../access/host_policy.ts";
import type { AppEnv } from "./app_options.ts";
import { problem } from "../errors/problem.ts";
import { SharedFiles } from "./shared_files.ts";

/** Where the page signs in and out. */
export const SESSION_PATH = "/console/session";

/** How long a browser stays signed in, in seconds. */
const COOKIE_S = 30 * 24 * 3600;

/** Most characters of a sign-in: a token, and a little JSON around it. */
const BODY_CHARS = 2048;

/** What the console needs of the app. */
export interface ConsoleOptions {
  /** The files. */
  files: ConsoleSource;
  /** The program's version. */
  version: string;
  /** What the request's own token opens; undefined where it has none. */
  grantOf(c: Context<AppEnv>): Promise<Grant | Response | undefined>;
  /** What a token opens, or the answer that says that it is wrong. */
  check(c: Context<AppEnv>, token: string): Promise<Grant | Response>;
}

/** What the page is told of who signed in. */
export interface ConsoleSession {
  /** The token's name; absent where nobody is signed in. */
  name?: string;
  /** What it may do. */
  scopes?: string[];
  /** The program's version. */
  version: string;
}

/** Lets the page load what is ours, and nothing else; nothing in the page itself is run. */
export const consoleHeaders: ReturnType<typeof secureHeaders> = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
  },
  referrerPolicy: "no-referrer",
  xFrameOptions: "DENY",
  strictTransportSecurity: false,
});

/** Adds the routes of files and session. */
export function consoleRoutes(
  app: Hono<AppEnv>,
  paths: readonly string[],
  options: ConsoleOptions,
): void {
  const shared = new SharedFiles(options.version);
  for (const path of paths) {
    app.get(path, (c) => serveFile(c, path, options.files, shared));
  }
  app.get(SESSION_PATH, (c) => tell(c, options));
  app.post(SESSION_PATH, (c) => signIn(c, options));
  app.delete(SESSION_PATH, signOut);
}

async function serveFile(
  c: Context<AppEnv>,
  path: string,
  source: ConsoleSource,
  shared: SharedFiles,
): Promise<Response> {
  const { text, type } = await source(path);
  return await shared.answer(c.req.raw, path, text, { "content-type": type });
}

/** Who is signed in. Nobody is no error: the page asks before it knows. */
async function tell(
  c: Context<AppEnv>,
  { grantOf, version }: ConsoleOptions,
): Promise<Response> {
  const grant = await grantOf(c);
  if (!(grant instanceof Response)) return session(grant, version);
  if (grant.status !== 401) return grant;
  await grant.body?.cancel();
  // A token in the header says nothing about the cookie.
  return c.req.header("authorization") === undefined
    ? session(undefined, version, { "set-cookie": cookie(c, "", 0) })
    : session(undefined, version);
}

async function signIn(
  c: Context<AppEnv>,
  { check, version }: ConsoleOptions,
): Promise<Response> {
  const foreign = refuseForeign(c);
  if (foreign !== undefined) return foreign;
  const token = await readToken(c);
  if (token instanceof Response) return token;
  const grant = await check(c, token);
  if (grant instanceof Response) return grant;
  return session(grant, version, {
    "set-cookie": cookie(c, token, COOKIE_S),
  });
}

function signOut(c: Context<AppEnv>): Response {
  return refuseForeign(c) ?? new Response(null, {
    status: 204,
    headers: {
      "cache-control": "no-store",
      "set-cookie": cookie(c, "", 0),
    },
  });
}

/** Another page must sign nobody in or out: a POST of a browser always tells its origin. */
function refuseForeign(c: Context<AppEnv>): Response | undefined {
  const origin = c.req.header("origin");
  return origin !== undefined && isOwnOrigin(origin, hostOf(c))
    ? undefined
    : problem(
      "forbidden",
      "Cannot sign in or out: only the console's page may",
    );
}

async function readToken(c: Context<AppEnv>): Promise<string | Response> {
  const length = Number(c.req.header("content-length") ?? NaN);
  if (!(length <= BODY_CHARS)) {
    return problem(
      "too_large",
      `Cannot sign in: the body must tell its length, of at most ${BODY_CHARS} bytes`,
      { headers: { connection: "close" } },
    );
  }
  try {
    const { token } = await c.req.json() as { token?: unknown };
    if (typeof token === "string" && token !== "") return token;
  } catch {
    // Answered below.
  }
  return problem(
    "bad_params",
    'Cannot sign in: the body must be {"token":"…"}',
  );
}

function session(
  grant: Grant | undefined,
  version: string,
  headers: Record<string, string> = {},
): Response {
  const told: ConsoleSession = grant === undefined
    ? { version }
    : { name: grant.name, scopes: [...grant.scopes], version };
  return Response.json(told, {
    headers: { "cache-control": "no-store", ...headers },
  });
}

function cookie(c: Context<AppEnv>, value: string, maxAge: number): string {
  const url = c.req.header("origin") ?? c.req.url;
  return serializeCookie(cookieName(hostOf(c)), value, {
    path: "/",
    httpOnly: true,
    sameSite: "Strict",
    secure: url.startsWith("https:"),
    maxAge,
  });
}

function hostOf(c: Context<AppEnv>): string {
  return c.req.header("host") ?? new URL(c.req.url).host;
}
