import type { BridgeApi } from "../../bridge/core/bridge_api.ts";
import { ownHosts } from "../../bridge/access/host_policy.ts";
import { createApp } from "../../bridge/gateway/app.ts";
import { Authenticator } from "../../bridge/access/authenticator.ts";
import { FrameEndpoint } from "../../bridge/gateway/frame_endpoint.ts";
import { HttpServer } from "../../bridge/http_server/http_server.ts";
import { ConnectionQuota } from "../../bridge/http_server/connection_quota.ts";
import { createBridge } from "../../bridge/mod.ts";
import { Metrics } from "../../bridge/ops/metrics.ts";
import {
  hashToken,
  MemoryTokenStore,
} from "../../bridge/access/token_store.ts";
import { systemClock } from "../../lib/clock.ts";
import { addDemo, createServer, type QqServer } from "../../lib/server/mod.ts";
import { DEFAULT_LIMITS, type Limits, SCOPES } from "../../mod.ts";
import { assertEquals } from "@std/assert";
import { startBridge } from "../support/bridge_fixture.ts";
import { type StartFront, testEdgeFront, testFront } from "./front_cases.ts";
import { READER, TOKEN } from "./front_tokens.ts";

const FRONTS: Readonly<Record<string, StartFront>> = {
  edge: async ({ limits = {} } = {}) => {
    const server = createServer({ sendGapMs: 0, penaltyMs: 0 });
    await addDemo(server);
    const failures: unknown[] = [];
    const bridge = createBridge({
      accounts: [{ uin: "10001", password: "demo" }],
      endpoint: server.answer,
      token: TOKEN,
      tokens: [{ name: "reader", token: READER, accounts: ["10001"] }],
      limits,
      onError: (error) => failures.push(error),
    });
    const listening = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      bridge.fetch,
    );
    bridge.start();
    return {
      port: listening.addr.port,
      deliver: (text) => deliver(server, text),
      stop: bridge.stop,
      async [Symbol.asyncDispose]() {
        await bridge.stop();
        await listening.shutdown();
        await server.close();
        assertEquals(failures, []);
      },
    };
  },
  program: async ({ limits: changed = {} } = {}) => {
    const { server, bridge, ...fixture } = await startBridge();
    const failures: unknown[] = [];
    const front = await HttpServer.listen({ host: "127.0.0.1", port: 0 });
    const ending = new AbortController();
    const stop = async () => {
      ending.abort();
      await front.close();
    };
    serveProgram(front, bridge, {
      limits: { ...DEFAULT_LIMITS, ...changed },
      signal: ending.signal,
      failed: (error) => failures.push(error),
    });
    return {
      port: front.port,
      deliver: (text) => deliver(server, text),
      stop,
      async [Symbol.asyncDispose]() {
        await stop();
        await fixture[Symbol.asyncDispose]();
        assertEquals(failures, []);
      },
    };
  },
};

/** The program's front, with what it serves. */
function serveProgram(
  front: HttpServer,
  bridge: BridgeApi,
  { limits, signal, failed }: {
    limits: Limits;
    signal: AbortSignal;
    failed(error: unknown): void;
  },
): void {
  const tokens = new MemoryTokenStore();
  const record = { scopes: SCOPES, createdAt: 0 };
  tokens.add({
    ...record,
    id: "1",
    name: "admin",
    hash: hashToken(TOKEN),
    accounts: "all",
  });
  tokens.add({
    ...record,
    id: "2",
    name: "reader",
    hash: hashToken(READER),
    accounts: ["10001"],
  });
  const authenticator = new Authenticator({ tokens });
  const authenticate = (token: string) => authenticator.verify(token);
  const access = { host: ownHosts("127.0.0.1", front.port), origins: [] };
  const metrics = new Metrics("0.0.0");
  const seats = new ConnectionQuota();
  const app = createApp({
    bridge,
    authenticate,
    openStream: () => () => {},
    access,
    metrics,
    version: "0.0.0",
    modules: () => Promise.resolve(undefined),
    signal,
    onError: failed,
    limits,
  });
  front.serve({
    app: (request, bindings) => app.fetch(request, bindings),
    endpoints: [
      new FrameEndpoint({
        clock: systemClock,
        limits,
        stallMs: 30_000,
        measures: metrics,
        onError: failed,
        bridge,
        authenticate,
      }),
    ],
    access,
    quota: seats,
    limits,
    behindProxy: false,
    clock: systemClock,
    onError: failed,
  });
}

function deliver(server: QqServer, text: string): Promise<void> {
  return server.deliver("10001", { type: "message", from: "10002", text });
}

for (const [name, start] of Object.entries(FRONTS)) testFront(name, start);

testEdgeFront("edge", FRONTS.edge!);
