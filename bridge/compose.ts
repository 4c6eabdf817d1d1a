/** The composition root of program and edge. @module */

import { type Clock, systemClock } from "../lib/clock.ts";
import type { Limits } from "../mod.ts";
import { Authenticator } from "./access/authenticator.ts";
import { FailureDelay } from "./access/failure_delay.ts";
import { ConsoleSessions } from "./access/console_sessions.ts";
import type { Grant } from "./access/grant.ts";
import type { HostPolicy } from "./access/host_policy.ts";
import { RateLimits } from "./access/rate_limit.ts";
import type { SessionStore } from "./access/session_store.ts";
import type { TokenStore } from "./access/token_store.ts";
import { Bridge, type BridgeOptions } from "./core/bridge.ts";
import type { BridgeApi } from "./core/bridge_api.ts";
import type { EndpointOptions } from "./endpoint/dialect_endpoint.ts";
import type { Endpoint } from "./endpoint/endpoint.ts";
import { createApp } from "./gateway/app.ts";
import type { AppOptions } from "./gateway/app_options.ts";
import { FrameEndpoint } from "./gateway/frame_endpoint.ts";
import { type MetricsSource, NO_METRICS } from "./ops/metrics_recorder.ts";
import type { RefusedRequest } from "./ops/request_refusals.ts";
import { SatoriEndpoint } from "./satori/endpoint.ts";
import { VERSION } from "./version.ts";

/** What a bridge and its endpoints are made of. */
export interface BridgeParts extends
  Pick<
    AppOptions,
    "openStream" | "modules" | "console" | "signal" | "logs"
  > {
  /** Journal, accounts, transport, and what else the bridge itself needs. */
  readonly bridge: Omit<BridgeOptions, "clock">;
  /** Tokens that open the bridge. */
  readonly tokens: TokenStore;
  /** The administrator's token of the configuration; it replaces the stored one. */
  readonly administrator?: string | undefined;
  /** A token of this process alone. */
  readonly localToken?: string | undefined;
  /**
   * Keeps sessions of the console across restarts.
   *
   * @default they end with the process
   */
  readonly sessions?: SessionStore | undefined;
  readonly limits: Limits;
  /**
   * How long a reader may make no progress, in milliseconds.
   *
   * @default {30000}
   */
  readonly stallMs?: number | undefined;
  readonly access: HostPolicy;
  /**
   * Returns what endpoints use in place of the bridge.
   *
   * @default the bridge itself
   */
  readonly attach?: ((bridge: Bridge) => BridgeApi) | undefined;
  /** Counts what happens, and answers `/metrics`; without it that is 404. */
  readonly metrics?: MetricsSource | undefined;
  /**
   * Source of time; tests pass a fake.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
  /** Creates endpoints that only this composition has. */
  readonly endpoints?: (context: EndpointOptions) => readonly Endpoint[];
  /** Called after the delay of a wrong token, unless too many clients wait for theirs. */
  readonly onWrongToken?: (address: string | undefined) => void;
  /** Called for each request that a rule or a limit refuses. */
  readonly onRefusal?: ((refused: RefusedRequest) => void) | undefined;
  readonly onError: (error: unknown, connection?: string) => void;
}

export interface ComposedBridge {
  readonly bridge: Bridge;
  /** Answers the requests that no endpoint owns. */
  readonly app: ReturnType<typeof createApp>;
  /** Each owns paths; the first that owns the path of a request answers it. */
  readonly endpoints: readonly Endpoint[];
  /** Ends the metrics of the bridge. */
  close(): void;
}

/** Time without progress after which a reader is closed by default, in milliseconds. */
export const STALL_MS = 30_000;

/** Builds the bridge with its authentication, metrics, app and endpoints; starts nothing. */
export function composeBridge(parts: BridgeParts): ComposedBridge {
  const { clock = systemClock, limits, onError } = parts;
  const recorder = parts.metrics ?? NO_METRICS;
  const { stallMs = STALL_MS, onRefusal } = parts;
  const bridge = new Bridge({
    ...parts.bridge,
    clock,
    onCommand: (command, code) => recorder.command(command, code),
  });
  const api = parts.attach?.(bridge) ?? bridge;
  const authenticator = new Authenticator({
    tokens: parts.tokens,
    administrator: parts.administrator,
    local: parts.localToken,
    now: () => clock.now(),
  });
  const sessions = new ConsoleSessions({
    clock,
    store: parts.sessions,
    findGrant: (hash) => authenticator.findByHash(hash),
    onError: (error) => onError(error),
    audit: parts.bridge.audit,
  });
  const delay = new FailureDelay(clock);
  const authenticate = (token: string) => authenticator.verify(token);
  const slowDown = async (
    address: string | undefined,
    signal: AbortSignal,
  ) => {
    const hasWaited = await delay.delay(address ?? "", signal);
    // Not called without a wait, because a client that guesses faster could flood the log.
    if (hasWaited) parts.onWrongToken?.(address);
    return hasWaited;
  };
  const onUse = ({ id }: Grant, address: string | undefined) =>
    bridge.tokenUsage?.record(id, address);
  const rates = new RateLimits(clock, limits.commandsPerMinute);
  const context: EndpointOptions = {
    clock,
    limits,
    stallMs,
    measures: recorder,
    onRefusal,
    onError,
    bridge: api,
    authenticate,
    slowDown,
    attempts: delay,
    authFailure: () => recorder.authFailure(),
    findSession: (presented) => sessions.find(presented)?.grant,
    onUse,
    rates,
  };
  const app = createApp({
    bridge: api,
    authenticate,
    slowDown,
    attempts: delay,
    onUse,
    audit: parts.bridge.audit,
    rates,
    sessions,
    openStream: parts.openStream,
    access: parts.access,
    onRefusal,
    metrics: parts.metrics,
    logs: parts.logs,
    version: VERSION,
    modules: parts.modules,
    ...(parts.console === undefined ? {} : { console: parts.console }),
    signal: parts.signal,
    onError,
    clock,
    limits,
  });
  const endpoints = [
    new FrameEndpoint(context),
    ...parts.endpoints?.(context) ?? [],
    new SatoriEndpoint(context),
  ];
  for (const { kind } of endpoints) recorder.connection(kind, 0);
  const unwatch = parts.metrics?.watch(bridge);
  return { bridge, app, endpoints, close: () => unwatch?.() };
}
