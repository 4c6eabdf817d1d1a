/** Options of the gateway's app. @module */

import type { Clock } from "../../lib/clock.ts";
import type { Limits } from "../../mod.ts";
import type { ConsoleSource } from "../console/files.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import type { AuditSink } from "../access/audit.ts";
import type { ConsoleSessions } from "../access/console_sessions.ts";
import type { TokenAttempts } from "../access/failure_delay.ts";
import type { Grant } from "../access/grant.ts";
import type { RateLimits } from "../access/rate_limit.ts";
import type { Context } from "../deps.ts";
import type { LogRing } from "../ops/log_ring.ts";
import type { MetricsSource } from "../ops/metrics_recorder.ts";
import type { RefusedRequest } from "../ops/request_refusals.ts";
import type { HostPolicy } from "../access/host_policy.ts";
import type { AppBindings, ConnectionInfo } from "../endpoint/endpoint.ts";
import type { ModuleSource } from "./modules.ts";

export interface AppOptions {
  bridge: BridgeApi;
  /** Returns what a token allows; `undefined` if the token is unknown. */
  authenticate(token: string): Grant | undefined;
  /** Delays the answer to a wrong token; the answer is 429 if it resolves to false. @default no delay */
  slowDown?(address: string | undefined, signal: AbortSignal): Promise<boolean>;
  /** Decides whether a token is looked up at all. @default each token is */
  attempts?: TokenAttempts | undefined;
  /** Called with each accepted token's grant and the client's address. */
  onUse?(grant: Grant, address: string | undefined): void;
  /** Receives each security event. @default they are not reported */
  audit?: AuditSink | undefined;
  /** Counts the calls of each token. @default not shared with the dialects */
  rates?: RateLimits | undefined;
  /**
   * Sessions of the console.
   *
   * @default those of this app, which end with the process
   */
  sessions?: ConsoleSessions | undefined;
  /** Counts an event stream; returns a function that ends it, or `undefined` if a quota is exceeded. */
  openStream(
    grant: Grant,
    address: string | undefined,
    visit?: ConnectionInfo,
  ): (() => void) | undefined;
  access: HostPolicy;
  /** Called for each request that a rule or a limit refuses. */
  onRefusal?: ((refused: RefusedRequest) => void) | undefined;
  /** What `/metrics` shows; without it that is 404. */
  metrics?: MetricsSource | undefined;
  /** The last entries of the log, which `/logs` shows; without them that is 404. */
  logs?: LogRing | undefined;
  version: string;
  /** Files that `/mod.ts`, `/mod.js` and `/lib/` serve. */
  modules: ModuleSource;
  /** Files of the console. @default those of this program */
  console?: ConsoleSource;
  /** Ends all event streams, and makes `/readyz` report `stopping`. */
  signal: AbortSignal;
  /** Called with errors that should not happen, and the id of their request. */
  onError(error: unknown, connection?: string): void;
  clock?: Clock;
  /** Limits that `welcome` announces. @default {DEFAULT_LIMITS} */
  limits?: Limits;
}

/** Options with the defaults of clock and limits. */
export type TimedOptions = AppOptions & { clock: Clock; limits: Limits };

/** Type parameters of the app's router. */
export type AppEnv = { Bindings: AppBindings };

/** A request and its bindings, as handlers receive them. */
export type AppContext = Context<AppEnv>;
