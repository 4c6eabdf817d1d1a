/** What the app is made of, and what its fronts pass with a request. @module */

import type { Clock } from "../../lib/clock.ts";
import type { Limits } from "../../mod.ts";
import type { ConsoleSource } from "../console/files.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import type { ConsoleSessions } from "../access/console_sessions.ts";
import type { TokenAttempts } from "../access/failure_delay.ts";
import type { Grant } from "../access/grant.ts";
import type { RateLimits } from "../access/rate_limit.ts";
import type { Context } from "../deps.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { RefusedRequest } from "../ops/request_refusals.ts";
import type { HostPolicy } from "../access/host_policy.ts";
import type { AppBindings, ConnectionInfo } from "../endpoint/endpoint.ts";
import type { ModuleSource } from "./modules.ts";

/** What the app needs. */
export interface AppOptions {
  /** The bridge. */
  bridge: BridgeApi;
  /** Whose token it is, or undefined. */
  authenticate(token: string): Grant | undefined;
  /** Called for a wrong token; the answer waits for it, and is 429 where it gives false. */
  slowDown?(address: string | undefined, signal: AbortSignal): Promise<boolean>;
  /** Decides whether a token is looked up at all. @default each token is */
  attempts?: TokenAttempts | undefined;
  /** Calls of each token a minute. @default its own, not shared with the dialects */
  rates?: RateLimits | undefined;
  /**
   * Sessions of the console.
   *
   * @default those of this app, which end with the process
   */
  sessions?: ConsoleSessions | undefined;
  /** Counts an event stream; returns its end, or undefined where there is no room for it. */
  openStream(
    grant: Grant,
    address: string | undefined,
    visit?: ConnectionInfo,
  ): (() => void) | undefined;
  /** From where requests may come. */
  access: HostPolicy;
  /** Called for each request that a rule or a limit refuses. */
  onRefusal?: ((refused: RefusedRequest) => void) | undefined;
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
  onError(error: unknown, connection?: string): void;
  /** Time. */
  clock?: Clock;
  /** Limits, as `welcome` tells them. */
  limits?: Limits;
}

/** With what was left out of them. */
export type TimedOptions = AppOptions & { clock: Clock; limits: Limits };

/** The environment of the routes. */
export type AppEnv = { Bindings: AppBindings };

/** A request on its way through the routes. */
export type AppContext = Context<AppEnv>;
