/** The gateway of the program: its HTTP server, and the bridge that it serves. @module */

import { sharedClock } from "../../../lib/shared_timers.ts";
import { useRest } from "../../../lib/turn.ts";
import { type HostPolicy, ownHosts } from "../../access/host_policy.ts";
import type { SessionStore } from "../../access/session_store.ts";
import type { TokenStore } from "../../access/token_store.ts";
import { type BridgeParts, composeBridge } from "../../compose.ts";
import { type Config, isLoopback, isWebOrigin } from "../../config/config.ts";
import type { Bridge } from "../../core/bridge.ts";
import type { OutboundWorkers } from "../../endpoint/outbound/workers.ts";
import { modulesFrom } from "../../gateway/modules.ts";
import {
  ConnectionQuota,
  toRefusedConnection,
} from "../../http_server/connection_quota.ts";
import { createHooks } from "../../hook/hook.ts";
import { HttpServer } from "../../http_server/http_server.ts";
import { LoopbackRest } from "../../http_server/loopback_rest.ts";
import { AnswerPace } from "../../http_server/answer_pace.ts";
import { RefusedAddresses } from "../../http_server/refused_addresses.ts";
import {
  DEFAULT_HEAD_LIMITS,
  type HeadLimits,
} from "../../http_server/options.ts";
import { OneBot } from "../../onebot/mod.ts";
import { ConnectionLog } from "../../ops/connection_log.ts";
import type { LogRing } from "../../ops/log_ring.ts";
import type { Log } from "../../ops/log.ts";
import type { Metrics } from "../../ops/metrics.ts";
import {
  type RefusedRequest,
  RequestRefusals,
} from "../../ops/request_refusals.ts";
import { addressError } from "./listening.ts";
import { logOnce } from "./targets.ts";

/** What the gateway is made of. */
export interface GatewayParts {
  config: Config;
  log: Log;
  metrics: Metrics;
  /** What the bridge itself is made of. */
  bridge: BridgeParts["bridge"];
  /** The last entries of the log, which `/logs` shows. @default it is 404 */
  logs?: LogRing | undefined;
  tokens: TokenStore;
  /** Returns what endpoints use in place of the bridge. @default the bridge itself */
  attach?: BridgeParts["attach"];
  /** Returns whether clients are served at the moment. @default they always are */
  isServing?: (() => boolean) | undefined;
  /** Keeps sessions of the console across restarts. @default they end with the process */
  sessions?: SessionStore | undefined;
  /** A token of this process alone, for processes that can read its data folder. */
  localToken: string | undefined;
}

/** A listening gateway with its bridge, which is not started. */
export interface Gateway {
  readonly bridge: Bridge;
  /** Address on which it listens. */
  readonly hostname: string;
  /** Port on which it listens. */
  readonly port: number;
  /** Accepts no further connections; those that are open stay. */
  stop(): void;
  close(): Promise<void>;
}

/**
 * Listens, composes the bridge and serves it.
 *
 * @throws {ConfigError} If the address is not available.
 */
export async function openGateway(parts: GatewayParts): Promise<Gateway> {
  const { config, log, metrics } = parts;
  const { limits, listen } = config;
  const server = await HttpServer.listen({
    host: listen.host,
    port: listen.port,
    tls: config.tls,
    heads: headLimits(config),
  }).catch((error) => {
    throw addressError("--listen", listen, error);
  });
  const rest = await LoopbackRest.open();
  const stopRest = rest && useRest((done) => rest.rest(done));
  const ending = new AbortController();
  const clock = sharedClock;
  const connections = new ConnectionLog(log, clock);
  const quota = new ConnectionQuota({
    all: limits.connections,
    token: limits.connectionsPerToken,
    address: limits.connectionsPerAddress ?? Infinity,
  });
  const access = accessOf(config, server);
  const onError = (error: unknown, connection?: string) =>
    log.error("gateway failed", { connection, error });
  const refusals = new RequestRefusals({ log, metrics, clock });
  const onRefusal = (refused: RefusedRequest) => refusals.add(refused);
  let onebot: OneBot | undefined;
  const composed = composeBridge({
    bridge: parts.bridge,
    tokens: parts.tokens,
    attach: parts.attach,
    sessions: parts.sessions,
    administrator: config.token,
    localToken: parts.localToken,
    limits,
    stallMs: limits.stallMs,
    access,
    metrics,
    logs: parts.logs,
    clock,
    signal: ending.signal,
    modules: modulesFrom(new URL("../../../", import.meta.url)),
    openStream: ({ id, name }, address, connection) => {
      const slot = quota.acquire(address);
      if (typeof slot === "string") {
        return void refusals.add(toRefusedConnection(slot, address));
      }
      if (!slot.admit(id)) {
        slot.release();
        return void refusals.add(toRefusedConnection("token", address, name));
      }
      if (connection !== undefined) connections.onOpen(connection);
      return () => {
        slot.release();
        if (connection !== undefined) connections.onClose(connection);
      };
    },
    endpoints: (context) => [
      onebot = new OneBot({
        ...context,
        targets: context.bridge.targetService,
        reconnectMs: config.targets.reconnectMs,
        onNotice: logOnce(log, "OneBot"),
      }),
    ],
    onWrongToken: (address) => log.warn("wrong token", { address }),
    onRefusal,
    onError,
  });
  for (const { pathWords } of composed.endpoints) {
    connections.addPathWords(pathWords);
  }
  server.serve({
    app: (request, bindings) => composed.app.fetch(request, bindings),
    endpoints: composed.endpoints,
    access,
    quota,
    limits,
    behindProxy: config.behindProxy,
    basePath: config.basePath,
    clock,
    stallMs: limits.stallMs,
    answerPace: new AnswerPace(clock),
    // Behind a proxy all clients have the same address.
    ...(config.behindProxy
      ? {}
      : { refusedAddresses: new RefusedAddresses(clock) }),
    onSlow: () => metrics.slowClose(),
    ...(parts.isServing === undefined ? {} : { isServing: parts.isServing }),
    onNotServing: () => {
      const open = composed.bridge.connections.list();
      for (const connection of open) connection.disconnect();
    },
    onRefusal,
    onError,
    onOpen: (connection) => connections.onOpen(connection),
    onClose: (connection, code) => connections.onClose(connection, code),
    onResponse: (connection, method, status) =>
      connections.onResponse(connection, method, status),
  });
  onebot?.start();
  const hooks = createGatewayHooks(parts, composed.bridge, onError);
  hooks?.start();
  return {
    bridge: composed.bridge,
    hostname: server.hostname,
    port: server.port,
    stop: () => server.stop(),
    close: async () => {
      ending.abort();
      await Promise.all([server.close(), onebot?.stop(), hooks?.stop()]);
      composed.close();
      stopRest?.();
      rest?.[Symbol.dispose]();
    },
  };
}

function createGatewayHooks(
  { log, metrics }: GatewayParts,
  bridge: Bridge,
  onError: (error: unknown) => void,
): OutboundWorkers | undefined {
  const { targetService } = bridge;
  return targetService && createHooks({
    targets: targetService,
    context: { bridge, clock: sharedClock, measures: metrics, onError },
    onNotice: logOnce(log, "Webhook"),
  });
}

/** Allows more TCP connections than WebSockets, because a browser opens several for one page. */
function headLimits({ limits, listen }: Config): Partial<HeadLimits> {
  const { connections, connectionsPerAddress, headMs } = limits;
  const { requestMs } = DEFAULT_HEAD_LIMITS;
  return {
    headMs,
    requestMs: Math.max(requestMs, headMs),
    connections: Math.ceil(1.25 * connections),
    // On loopback all clients have the same address.
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
      allowOrigin.filter(isWebOrigin).map((origin) => new URL(origin).host),
    ),
    origins: allowOrigin,
  };
}
