/** The gateway's plain HTTP, as one `fetch` for both servers. @module */

import { systemClock } from "../../lib/clock.ts";
import { DEFAULT_LIMITS } from "../../mod.ts";
import { CONSOLE_FILES, consoleFiles } from "../console/files.ts";
import { cors, Hono } from "../deps.ts";
import { readiness } from "../ops/health.ts";
import type { MetricsSource } from "../ops/metrics_recorder.ts";
import {
  ALLOW_ACTION,
  checkOrigin,
  isHealthCheck,
} from "../access/host_policy.ts";
import type {
  AppContext,
  AppEnv,
  AppOptions,
  TimedOptions,
} from "./app_options.ts";
import { ConsoleSessions } from "../access/console_sessions.ts";
import { RateLimits } from "../access/rate_limit.ts";
import { TokenGate } from "../endpoint/token_gate.ts";
import {
  authenticate,
  authorized,
  hasCredentials,
  refusalProblem,
} from "./app_tokens.ts";
import { consoleHeaders, consoleRoutes } from "./console/routes.ts";
import { SESSION_PATH } from "./console/session.ts";
import { Documents } from "./documents/documents.ts";
import { eventRoute } from "./event_route.ts";
import { HttpApi } from "./http_api.ts";
import { logRoute } from "./log_route.ts";
import type { ModuleSource } from "./modules.ts";
import { problem } from "../errors/problem.ts";
import { SharedFiles } from "./shared_files.ts";

/** How long browsers remember a preflight, in seconds. */
const PREFLIGHT_S = 600;

/** Paths that scripts of allowed origins may call; all others are for clients of the bridge's own origin. */
const CROSS_ORIGIN = ["/api/*", "/events", "/lib/*", "/mod.ts", "/mod.js"];

/** Creates the app, whose `fetch(request, bindings)` answers requests. */
export function createApp(options: AppOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.onError((error, c) => {
    options.onError(error, c.env?.visit?.connection);
    return problem("internal", "Cannot answer: the bridge failed");
  });
  app.notFound(() => problem("not_found", "Cannot answer: no such path"));
  guard(app, options);
  routes(app, options);
  return app;
}

const CONSOLE_PATHS: readonly string[] = Object.keys(CONSOLE_FILES);

/** Checks Host and Origin. The servers add the headers that an answer lacks. */
function guard(
  app: Hono<AppEnv>,
  { access, onRefusal }: AppOptions,
): void {
  for (const path of CONSOLE_PATHS) app.use(path, consoleHeaders);
  app.use(async (c, next) => {
    const refusal = checkOrigin(access, {
      host: c.req.header("host") ?? new URL(c.req.url).host,
      origin: c.req.header("origin"),
      isHealthCheck: isHealthCheck(c.req.method, c.req.path),
    });
    if (refusal === undefined) return await next();
    const { reason, value, message } = refusal;
    const address = c.env?.address;
    onRefusal?.({ reason, value, address, action: ALLOW_ACTION });
    return problem("forbidden", message);
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
  const { clock = systemClock, limits = DEFAULT_LIMITS } = options;
  const { rates = new RateLimits(clock, limits.commandsPerMinute) } = options;
  const { sessions = new ConsoleSessions({ clock }) } = options;
  const gate = new TokenGate({
    authenticate: (token) => options.authenticate(token),
    slowDown: async (address, signal) =>
      await options.slowDown?.(address, signal) ?? true,
    attempts: options.attempts,
    audit: options.audit,
    authFailure: () => options.metrics?.authFailure(),
    onRefusal: options.onRefusal,
    findSession: (presented) => sessions.find(presented)?.grant,
    onUse: (grant, address) => options.onUse?.(grant, address),
    rates,
  });
  const timed = { ...options, clock, limits };
  addCommandRoutes(app, timed, gate);
  addStateRoutes(app, timed, gate);
  addModuleRoutes(app, options);
  consoleRoutes(app, CONSOLE_PATHS, {
    files: options.console ?? consoleFiles(),
    version: options.version,
    sessions,
    check: (c, token) => authenticate(gate, c, token),
    takeCall: (grant) => {
      const refusal = gate.takeCall(grant);
      return refusal && refusalProblem(refusal);
    },
  });
  const absent = absentPaths(options);
  for (const [path, allow] of METHODS) {
    if (absent.includes(path)) continue;
    app.all(path, (c) =>
      problem(
        "method_not_allowed",
        `Cannot ${c.req.method} this path: use ${allow}`,
        { headers: { allow } },
      ));
  }
}

/** Adds the routes of commands and events. */
function addCommandRoutes(
  app: Hono<AppEnv>,
  options: TimedOptions,
  gate: TokenGate,
): void {
  const { bridge, clock, limits, onError: failed } = options;
  const api = new HttpApi({ bridge, clock, limits, onError: failed });
  app.post(
    "/api/:command",
    authorized(
      gate,
      undefined,
      async (c, grant) => {
        const refusal = gate.takeCall(grant, c.env?.address);
        if (refusal !== undefined) {
          await c.req.raw.body?.cancel();
          return refusalProblem(refusal);
        }
        return await api.answer(
          grant,
          c.req.param("command") ?? "",
          c.req.raw,
          { connection: c.env?.visit?.connection, address: c.env?.address },
        );
      },
    ),
  );
  app.get(
    "/events",
    authorized(gate, "read", (c, grant) => eventRoute(c, grant, options)),
  );
  app.get(
    "/ws",
    () =>
      problem("upgrade_required", "Cannot answer: /ws takes WebSockets", {
        headers: { upgrade: "websocket" },
      }),
  );
}

/** Adds the routes of health, metrics and API documents. */
function addStateRoutes(
  app: Hono<AppEnv>,
  options: TimedOptions,
  gate: TokenGate,
): void {
  const { bridge, clock, limits, metrics, signal, version } = options;
  const { logs } = options;
  if (logs !== undefined) {
    app.get(
      LOGS_PATH,
      authorized(
        gate,
        "manage",
        (c, grant) => {
          if (grant.accounts === "all") {
            return logRoute(c, grant, logs, options);
          }
          gate.auditRefusal(grant, c.env?.address, { reason: "forbidden" });
          return problem(
            "forbidden",
            `Cannot answer: the log is of all accounts, and the token ${grant.name} reaches only some`,
          );
        },
      ),
    );
  }
  const documents = new Documents(version, limits, absentPaths(options));
  app.get("/healthz", () => json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    // A token is optional: orchestrators have none.
    const grant = hasCredentials(c) ? await authenticate(gate, c) : undefined;
    if (grant instanceof Response) return grant;
    const state = readiness(bridge, clock.now(), {
      grant,
      stopping: signal.aborted,
    });
    return json(state, state.status === "ready" ? 200 : 503);
  });
  if (metrics !== undefined) addMetricsRoute(app, metrics, gate);
  // They contain nothing about accounts, so every token may read them.
  const forAnyToken = (document: (basePath: string) => object) =>
    authorized(
      gate,
      undefined,
      (c) => json(document(c.env?.basePath ?? "")),
    );
  app.get("/asyncapi.json", forAnyToken((path) => documents.asyncApi(path)));
  app.get("/openapi.json", forAnyToken((path) => documents.openApi(path)));
}

/** The paths that a bridge without metrics or log does not answer. */
function absentPaths({ metrics, logs }: AppOptions): string[] {
  return [
    ...metrics === undefined ? [METRICS_PATH] : [],
    ...logs === undefined ? [LOGS_PATH] : [],
  ];
}

function addMetricsRoute(
  app: Hono<AppEnv>,
  metrics: MetricsSource,
  gate: TokenGate,
): void {
  app.get(
    METRICS_PATH,
    authorized(
      gate,
      "read",
      async (c, grant) => {
        if (grant.accounts === "all") {
          return text(await metrics.text(), metrics.contentType, "no-store");
        }
        gate.auditRefusal(grant, c.env?.address, { reason: "forbidden" });
        return problem(
          "forbidden",
          `Cannot answer: metrics count all accounts, and the token ${grant.name} reaches only some`,
        );
      },
    ),
  );
}

/** Adds the routes of the library, which scripts import from the bridge. */
function addModuleRoutes(
  app: Hono<AppEnv>,
  { modules, version }: AppOptions,
): void {
  const shared = new SharedFiles(version);
  for (const entry of ["mod.ts", "mod.js"]) {
    app.get(`/${entry}`, (c) => module(c, modules, entry, shared));
  }
  app.get(
    "/lib/*",
    (c) => module(c, modules, new URL(c.req.url).pathname.slice(1), shared),
  );
}

const METRICS_PATH = "/metrics";

const LOGS_PATH = "/logs";

/** Methods of each path; any other method is answered with 405. */
const METHODS: readonly (readonly [path: string, allow: string])[] = [
  ["/api/:command", "POST"],
  [SESSION_PATH, "GET, HEAD, POST, DELETE"],
  ...[
    "/events",
    "/healthz",
    "/readyz",
    METRICS_PATH,
    LOGS_PATH,
    "/asyncapi.json",
    "/openapi.json",
    "/mod.ts",
    "/mod.js",
    "/lib/*",
    ...CONSOLE_PATHS,
  ].map((path) => [path, "GET, HEAD"] as const),
];

async function module(
  c: AppContext,
  modules: ModuleSource,
  path: string,
  shared: SharedFiles,
): Promise<Response> {
  const source = await modules(path);
  if (source === undefined) {
    return problem("not_found", "Cannot answer: no such module");
  }
  return await shared.answer(c.req.raw, path, source, {
    "vary": "origin",
    ...(path === "mod.js" ? { "x-typescript-types": "./mod.ts" } : {}),
    "content-type": path.endsWith(".js")
      ? "text/javascript; charset=utf-8"
      : "application/typescript; charset=utf-8",
  });
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
