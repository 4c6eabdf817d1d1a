/** The routes of the web console. @module */

import type { ConsoleSource } from "../../console/files.ts";
import { type Context, type Hono, secureHeaders } from "../../deps.ts";
import type { AppEnv } from "../app_options.ts";
import { type SessionOptions, sessionRoutes } from "./session.ts";
import { SharedFiles } from "../shared_files.ts";

/** What the console needs of the app. */
export interface ConsoleOptions extends SessionOptions {
  readonly files: ConsoleSource;
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
    requireTrustedTypesFor: ["'script'"],
    trustedTypes: ["'none'"],
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
  sessionRoutes(app, options);
}

async function serveFile(
  c: Context<AppEnv>,
  path: string,
  source: ConsoleSource,
  shared: SharedFiles,
): Promise<Response> {
  const { text, type, isImmutable = false } = await source(path);
  const headers = { "content-type": type };
  return await shared.answer(c.req.raw, path, text, headers, isImmutable);
}
