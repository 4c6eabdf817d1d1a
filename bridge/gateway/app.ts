/**
 * Everything of the gateway that is plain HTTP, as one `fetch` for both fronts.
 * WebSockets are the fronts' own.
 *
 * @module
 */

import { type Clock, systemClock } from "../../lib/clock.ts";
import { DEFAULT_LIMITS, type Limits, type Scope } from "../../mod.ts";
import {
  CONSOLE_FILES,
  consoleFiles,
  type ConsoleSource,
} from "../console/files.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import { CommandError, type Grant } from "../core/grant.ts";
import {
  type Context,
  cors,
  eTag,
  Hono,
  ifNoneMatch,
  secureHeaders,
} from "../deps.ts";
import { readiness } from "../ops/health.ts";
import type { Metrics } from "../ops/metrics.ts";
import { type AccessRules, refusal, tokenOfRequest } from "./access.ts";
import { consoleHeaders, consoleRoutes, SESSION_PATH } from "./console.ts";
import { Documents } from "./documents.ts";
import { HttpApi } from "./http_api.ts";
import type { Visit } from "./front_options.ts";
import type { ModuleSource } from "./modules.ts";
import { problem, problemOf } from "./problem.ts";
import { parsePosition, parseSubscription } from "./schemas.ts";
import { EventStream } from "./sse.ts";
import { filterOf } from "../core/subscription.ts";

/** What a front passes as the second argument of `fetch`. */
export interface AppBindings {
  /** The client's address, by which failed authentication is slowed down and streams are counted. */
  address?: string;
  /** Ends the request's connection at once: for event streams whose reader has stopped reading. */
  cut?: () => void;
  /** What the request is called in logs; is told the token's name. */
  visit?: Visit;
}

/** What the app needs. */
export interface AppOptions {
  /** The bridge. */
  bridge: BridgeApi;
  /** Whose token it is, or undefined. */
  authenticate(token: string): Grant | undefined;
  /** Called for a wrong token; the answer waits for it, and is 429 where it gives false. */
  slowDown?(address: string | undefined, signal: AbortSignal): Promise<boolean>;
  /** Counts an event stream; returns its end, or undefined where there is no room for it. */
  openStream(
    grant: Grant,
    address: string | undefined,
    visit?: Visit,
  ): (() => void) | undefined;
  /** From where requests may come. */
  access: AccessRules;
  /** Counts, and `/metrics`. */
  metrics: Metrics;
  /** The program's version. */
  version: string;
  /** What `/mod.ts`, `/mod.js` and `/lib/` serve. */
  modules: ModuleSource;
  /**
   * The console's files.
   *
   * @default those of this program
   */
  console?: ConsoleSource;
  /** Ends the event streams, and makes `/readyz` say so. */
  signal: AbortSignal;
  /** Is told of what should not happen, and in which request. */
  failed(error: unknown, connection?: string): void;
  /** Time. */
  clock?: Clock;
  /** Limits, as `welcome` tells them. */
  limits?: Limits;
}

/** The environment of the routes. */
export type AppEnv = { Bindings: AppBindings };
type AppContext = Context<AppEnv>;

/** How long browsers remember a preflight, in seconds. */
const PREFLIGHT_S = 600;

/** The scripts of other origins may ask for these; the rest is for people and machines of our own. */
const CROSS_ORIGIN = ["/api/*", "/events", "/lib/*", "/mod.ts", "/mod.js"];

/** Makes the app. Call its `fetch(request, { address })`. */
export function createApp(options: AppOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.onError((error, c) => {
    options.failed(error, c.env?.visit?.connection);
    return problem("internal", "Cannot answer: the bridge failed");
  });
  app.notFound(() => problem("not_found", "Cannot answer: no such path"));
  guard(app, options);
  routes(app, options);
  return app;
}

/** The console's pages and files. */
const CONSOLE_PATHS: readonly string[] = Object.keys(CONSOLE_FILES);

/** Headers, Host, Origin. */
function guard(app: Hono<AppEnv>, { access }: AppOptions): void {
  const headers = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
    },
    referrerPolicy: "no-referrer",
    xFrameOptions: "DENY",
    strictTransportSecurity: false,
  });
  app.use((c, next) =>
    (CONSOLE_PATHS.includes(c.req.path) ? consoleHeaders : headers)(c, next)
  );
  app.use(async (c, next) => {
    const why = refusal(access, {
      host: c.req.header("host") ?? new URL(c.req.url).host,
      origin: c.req.header("origin"),
    });
    if (why !== undefined) {
      return problem("forbidden", `Cannot answer: ${why}`);
    }
    return await next();
  });
  const crossOrigin = cors({
    origin: (origin) => access.origins.includes(origin) ? origin : null,
    allowMethods: ["GET", "HEAD", "POST"],
    allowHeaders: [
      "authorization",
      "content-type",
      "idempotency-key",
      "last-event-id",
    ],
    exposeHeaders: ["retry-after", "etag"],
    maxAge: PREFLIGHT_S,
  });
  for (const path of CROSS_ORIGIN) {
    app.use(path, async (c, next) => {
      const origin = c.req.header("origin");
      if (origin === undefined || !access.origins.includes(origin)) {
        return await next();
      }
      return await crossOrigin(c, next);
    });
  }
}

function routes(app: Hono<AppEnv>, options: AppOptions): void {
  const { bridge, metrics, signal, version, failed } = options;
  const { clock = systemClock, limits = DEFAULT_LIMITS } = options;
  const api = new HttpApi({ bridge, clock, limits, failed });
  const documents = new Documents(version, limits);
  const reading = (answer: (c: AppContext) => Response | Promise<Response>) =>
    authorized(options, "read", answer);

  app.post(
    "/api/:command",
    authorized(
      options,
      undefined,
      (c, grant) =>
        api.answer(
          grant,
          c.req.param("command") ?? "",
          c.req.raw,
          c.env?.visit?.connection,
        ),
    ),
  );
  app.get(
    "/events",
    authorized(
      options,
      "read",
      (c, grant) => events(c, grant, { ...options, clock, limits }),
    ),
  );
  app.get(
    "/ws",
    () =>
      problem("upgrade_required", "Cannot answer: /ws takes WebSockets", {
        headers: { upgrade: "websocket" },
      }),
  );
  app.get("/healthz", () => json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    const grant = await grantOf(options, c);
    if (grant instanceof Response && tokenOfContext(c) !== undefined) {
      return grant;
    }
    const told = readiness(bridge, clock.now(), {
      grant: grant instanceof Response ? undefined : grant,
      stopping: signal.aborted,
    });
    return json(told, told.status === "ready" ? 200 : 503);
  });
  app.get(
    "/metrics",
    reading(async () =>
      text(await metrics.text(), metrics.contentType, "no-store")
    ),
  );
  app.get("/asyncapi.json", reading(() => json(documents.asyncApi())));
  app.get("/openapi.json", reading(() => json(documents.openApi())));
  for (const entry of ["mod.ts", "mod.js"]) {
    app.get(`/${entry}`, (c) => module(c, options.modules, entry));
  }
  app.get(
    "/lib/*",
    (c) => module(c, options.modules, new URL(c.req.url).pathname.slice(1)),
  );
  consoleRoutes(app, CONSOLE_PATHS, {
    files: options.console ?? consoleFiles(),
    version,
    grantOf: async (c) =>
      tokenOfContext(c) === undefined ? undefined : await grantOf(options, c),
    check: (c, token) => checkToken(options, c, token),
  });
  for (const [path, allow] of METHODS) {
    app.all(path, (c) =>
      problem(
        "method_not_allowed",
        `Cannot ${c.req.method} this path: use ${allow}`,
        { headers: { allow } },
      ));
  }
}

/** The method that each path takes; any other is 405. */
const METHODS: readonly (readonly [path: string, allow: string])[] = [
  ["/api/:command", "POST"],
  [SESSION_PATH, "GET, HEAD, POST, DELETE"],
  ...[
    "/events",
    "/healthz",
    "/readyz",
    "/metrics",
    "/asyncapi.json",
    "/openapi.json",
    "/mod.ts",
    "/mod.js",
    "/lib/*",
    ...CONSOLE_PATHS,
  ].map((path) => [path, "GET, HEAD"] as const),
];

/** A handler behind a token, and a scope. */
function authorized(
  options: AppOptions,
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
async function grantOf(
  options: AppOptions,
  c: AppContext,
): Promise<Grant | Response> {
  const token = tokenOfContext(c);
  return token === undefined
    ? problem(
      "unauthorized",
      "Cannot answer: a token is needed, as Authorization: Bearer or ?access_token=",
    )
    : await checkToken(options, c, token);
}

/** What a token allows, or the answer that says that it is wrong. */
async function checkToken(
  options: AppOptions,
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

function tokenOfContext(c: AppContext): string | undefined {
  const { host, searchParams } = new URL(c.req.url);
  return tokenOfRequest({
    query: searchParams,
    acts: c.req.method !== "GET" && c.req.method !== "HEAD",
    header: (name) =>
      c.req.header(name) ?? (name === "host" ? host : undefined),
  });
}

function events(
  c: AppContext,
  grant: Grant,
  options: AppOptions & { clock: Clock; limits: Limits },
): Response {
  const headers = {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  };
  try {
    const { consumer, accounts, events, after, lastEventId } = {
      ...parseSubscription(c.req.query()),
      lastEventId: c.req.header("last-event-id"),
    };
    if (consumer !== undefined) {
      throw new CommandError(
        "bad_params",
        "Cannot subscribe: consumer needs acknowledgements, which /ws takes",
      );
    }
    const filter = filterOf(grant, {
      ...(accounts === undefined ? {} : { accounts }),
      ...(events === undefined ? {} : { events }),
    });
    const position = lastEventId === undefined || lastEventId === ""
      ? after
      : parsePosition(lastEventId);
    // Hono answers HEAD with the head of GET: a stream would never be ended.
    if (c.req.method === "HEAD") return new Response(null, { headers });
    const onEnd = options.openStream(
      grant,
      c.env?.address,
      c.env?.visit,
    );
    if (onEnd === undefined) {
      return problem("overloaded", "Cannot subscribe: too many connections", {
        retryAfterMs: RETRY_STREAM_MS,
      });
    }
    const { body } = new EventStream({
      hub: options.bridge.hub,
      clock: options.clock,
      grant,
      filter,
      after: position,
      bufferedBytes: options.limits.bufferedBytes,
      stallMs: options.limits.stallMs,
      measures: options.metrics,
      signal: options.signal,
      cut: c.env?.cut,
      onEnd,
    });
    return new Response(body, { headers });
  } catch (error) {
    if (error instanceof CommandError) return problemOf(error);
    throw error;
  }
}

/** When one whose tokens were wrong too often should come again. */
const RETRY_TOKEN_MS = 5000;

/** When one who found no room should come again. */
const RETRY_STREAM_MS = 10_000;

async function module(
  c: AppContext,
  modules: ModuleSource,
  path: string,
): Promise<Response> {
  const source = await modules(path);
  if (source === undefined) {
    return problem("not_found", "Cannot answer: no such module");
  }
  const etag = await eTag(source);
  const headers = {
    etag,
    "cache-control": "no-cache",
    "vary": "origin",
    "content-type": path.endsWith(".js")
      ? "text/javascript; charset=utf-8"
      : "application/typescript; charset=utf-8",
  };
  return ifNoneMatch(c.req.header("if-none-match") ?? null, etag)
    ? new Response(source, { headers })
    : new Response(null, { status: 304, headers });
}

function json(value: unknown, status = 200): Response {
  return Response.json(value, {
    status,
    headers: { "cache-control": "no-store" },
  });
}

function text(body: string, type: string, cache: string): Response {
  return new Response(body, {
    headers: { "content-type": type, "cache-control": cache },
  });
}
