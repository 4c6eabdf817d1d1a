/** The gateway of the program: its front, and what it serves there. @module */

import { systemClock } from "../../../lib/clock.ts";
import { type Config, isLoopback } from "../../config/config.ts";
import type { BridgeApi } from "../../core/bridge_api.ts";
import type { ChannelContext } from "../../endpoint/channel.ts";
import { type HostPolicy, ownHosts } from "../../access/host_policy.ts";
import { createApp } from "../../gateway/app.ts";
import { Authenticator } from "../../access/authenticator.ts";
import { FailureDelay } from "../../access/failure_delay.ts";
import { FrameEndpoint } from "../../gateway/frame_endpoint.ts";
import { HttpServer } from "../../http_server/http_server.ts";
import {
  DEFAULT_HEAD_LIMITS,
  type HeadLimits,
} from "../../http_server/options.ts";
import { ConnectionQuota } from "../../http_server/connection_quota.ts";
import { modulesFrom } from "../../gateway/modules.ts";
import type { Log } from "../../ops/log.ts";
import { ConnectionLog } from "../../ops/connection_log.ts";
import { MeasuredBridge } from "../../ops/measured_bridge.ts";
import { type Metrics, recorderFor } from "../../ops/metrics.ts";
import { SatoriEndpoint } from "../../satori/endpoint.ts";
import type { TokenStore } from "../../access/token_store.ts";
import { VERSION } from "../../version.ts";
import { addressError } from "./listening.ts";
import { createOneBot } from "./onebot.ts";

/** What the gateway is made of. */
export interface GatewayParts {
  config: Config;
  log: Log;
  bridge: BridgeApi;
  metrics: Metrics;
  tokens: TokenStore;
  /** A token of this process alone, for who can read its data folder. */
  localToken: string | undefined;
}

/** A running gateway. */
export interface Gateway {
  /** Where it listens. */
  readonly hostname: string;
  /** The port that it got. */
  readonly port: number;
  /** Takes nobody more; who is there stays. */
  stop(): void;
  /** Tells the clients that it ends, and ends. */
  close(): Promise<void>;
}

/** Listens and serves. Rejects with ConfigError where the address cannot be had. */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { config, log, bridge, metrics } = parts;
  const { host, port } = config.listen;
  const front = await HttpServer.listen({
    host,
    port,
    tls: config.tls,
    heads: headLimits(config),
  })
    .catch((error) => {
      throw addressError("--listen", config.listen, error);
    });
  const ending = new AbortController();
  const unwatch = metrics.watch(bridge);
  const clock = systemClock;
  const failed = (error: unknown, connection?: string) =>
    log.error("The gateway failed", { connection, error });
  const visits = new ConnectionLog(log, clock);
  const { limits } = config;
  const seats = new ConnectionQuota({
    all: limits.connections,
    token: limits.connectionsPerToken,
    address: limits.connectionsPerAddress ?? Infinity,
  });
  const access = accessOf(config, front);
  const authenticator = new Authenticator({
    tokens: parts.tokens,
    administrator: config.token,
    local: parts.localToken,
  });
  const delay = new FailureDelay(clock);
  const shared = {
    bridge,
    access,
    onError: failed,
    authenticate: (token: string) => authenticator.verify(token),
    slowDown: async (address: string | undefined, signal: AbortSignal) => {
      const waited = await delay.delay(address ?? "", signal);
      // Who guesses faster than that fills no log.
      if (waited) log.warn("A token was wrong", { address });
      return waited;
    },
  };
  const app = createApp({
    ...shared,
    bridge: new MeasuredBridge(bridge, metrics),
    openStream: ({ name }, address, visit) => {
      const seat = seats.acquire(address);
      if (typeof seat === "string") return undefined;
      if (!seat.admit(name)) return void seat.release();
      if (visit !== undefined) visits.onOpen(visit);
      return () => {
        seat.release();
        if (visit !== undefined) visits.onClose(visit);
      };
    },
    metrics,
    version: VERSION,
    modules: modulesFrom(new URL("../../../", import.meta.url)),
    signal: ending.signal,
    limits,
  });
  const channels = channelsOf(config, metrics, shared);
  const onebot = createOneBot({ ...parts, ...shared, channels });
  front.serve({
    app: (request, bindings) => app.fetch(request, bindings),
    endpoints: [
      frameEndpoint(parts, shared, channels),
      onebot,
      satoriEndpoint(parts, shared, channels),
    ],
    access,
    quota: seats,
    limits,
    behindProxy: config.behindProxy,
    clock,
    onError: failed,
    onOpen: (visit) => visits.onOpen(visit),
    onClose: (visit, closeCode) => visits.onClose(visit, closeCode),
    onResponse: (visit, method, status) =>
      visits.onResponse(visit, method, status),
  });
  onebot.start();
  return {
    hostname: front.hostname,
    port: front.port,
    stop: () => front.stop(),
    close: async () => {
      ending.abort();
      await Promise.all([front.close(), onebot.stop()]);
      unwatch();
    },
  };
}

/** What the endpoints share with the app. */
interface Shared {
  onError(error: unknown, connection?: string): void;
  authenticate(token: string): ReturnType<Authenticator["verify"]>;
  slowDown(address: string | undefined, signal: AbortSignal): Promise<boolean>;
}

function channelsOf(
  { limits }: Config,
  metrics: Metrics,
  { onError: failed }: Shared,
): ChannelContext {
  return {
    clock: systemClock,
    limits,
    stallMs: limits.stallMs,
    measures: metrics,
    onError: failed,
  };
}

function frameEndpoint(
  { bridge, metrics }: GatewayParts,
  { authenticate, slowDown }: Shared,
  channels: ChannelContext,
): FrameEndpoint {
  return new FrameEndpoint({
    context: {
      ...channels,
      measures: metrics,
      bridge,
      consumers: bridge.consumers,
      authenticate,
    },
    slowDown,
  });
}

function satoriEndpoint(
  { bridge, metrics }: GatewayParts,
  { authenticate, slowDown }: Shared,
  channels: ChannelContext,
): SatoriEndpoint {
  return new SatoriEndpoint({
    ...channels,
    bridge: new MeasuredBridge(bridge, metrics),
    measures: recorderFor("satori", metrics),
    authenticate,
    slowDown,
    authFailure: () => metrics.authFailure(),
  });
}

/** Room for the TCP connections that clients need besides: a browser opens some for one page. */
function headLimits({ limits, listen }: Config): Partial<HeadLimits> {
  const { connections, connectionsPerAddress, headMs } = limits;
  const { requestMs } = DEFAULT_HEAD_LIMITS;
  return {
    headMs,
    requestMs: Math.max(requestMs, headMs),
    connections: Math.ceil(1.25 * connections),
    // On loopback all clients have one address: it tells nothing.
    addressConnections: isLoopback(listen.host)
      ? Infinity
      : 2 * (connectionsPerAddress ?? Infinity),
  };
}

function accessOf(
  { allowOrigin, listen }: Config,
  { port }: HttpServer,
): HostPolicy {
  return {
    host: ownHosts(
      listen.host,
      port,
      allowOrigin.map((origin) => new URL(origin).host),
    ),
    origins: allowOrigin,
  };
}
