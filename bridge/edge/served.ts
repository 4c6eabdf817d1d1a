/** What the edge serves: the app, the frame protocol, Satori. @module */

import { systemClock } from "../../lib/clock.ts";
import type { Limits } from "../../mod.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import type { HostPolicy } from "../access/host_policy.ts";
import { createApp } from "../gateway/app.ts";
import { Authenticator } from "../access/authenticator.ts";
import { FailureDelay } from "../access/failure_delay.ts";
import { FrameEndpoint } from "../gateway/frame_endpoint.ts";
import { MeasuredBridge } from "../ops/measured_bridge.ts";
import { type Metrics, recorderFor } from "../ops/metrics.ts";
import { SatoriEndpoint } from "../satori/endpoint.ts";
import type { TokenStore } from "../access/token_store.ts";
import { VERSION } from "../version.ts";
import { readableConsole, readableModules } from "./readable_files.ts";

/** For how long a reader may make no progress unless it is said, in milliseconds. */
export const STALL_MS = 30_000;

/** What it is made of. */
export interface ServedParts {
  bridge: BridgeApi;
  metrics: Metrics;
  tokens: TokenStore;
  limits: Limits;
  access: HostPolicy;
  /** Ends the event streams. */
  signal: AbortSignal;
  /** Counts an event stream; gives its end, or undefined where there is no room. */
  openStream(): (() => void) | undefined;
  /** Is told of what should not happen. */
  onError(error: unknown): void;
}

/** See the module. */
export interface Served {
  /** Answers what no endpoint owns. */
  readonly app: ReturnType<typeof createApp>;
  /** What takes WebSockets, each on paths of its own. */
  readonly endpoints: readonly Endpoint[];
}

/** Puts it together. */
export function serveBridge(parts: ServedParts): Served {
  const { bridge, metrics, limits, onError: failed } = parts;
  const authenticator = new Authenticator({ tokens: parts.tokens });
  const authenticate = (token: string) => authenticator.verify(token);
  const delay = new FailureDelay();
  const slowDown = (address: string | undefined, signal: AbortSignal) =>
    delay.delay(address ?? "", signal);
  const measured = new MeasuredBridge(bridge, metrics);
  const channels = {
    clock: systemClock,
    limits,
    stallMs: limits.stallMs ?? STALL_MS,
    measures: metrics,
    onError: failed,
    authenticate,
  };
  const { consumers } = bridge;
  return {
    endpoints: [
      new FrameEndpoint({
        context: { ...channels, bridge, consumers },
        slowDown,
      }),
      new SatoriEndpoint({
        ...channels,
        bridge: measured,
        measures: recorderFor("satori", metrics),
        slowDown,
        authFailure: () => metrics.authFailure(),
      }),
    ],
    app: createApp({
      bridge: measured,
      authenticate,
      slowDown,
      openStream: () => parts.openStream(),
      access: parts.access,
      metrics,
      version: VERSION,
      modules: readableModules(),
      console: readableConsole(),
      signal: parts.signal,
      onError: failed,
      limits,
    }),
  };
}
