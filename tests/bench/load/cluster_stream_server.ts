/**
 * A node's journal and gateway: `cluster_stream_server.ts URLS RATE SECONDS`
 * prints its port, and after a line of standard input appends events at a rate,
 * each as a batch of its own, to accounts in turn.
 *
 * @module
 */

import { createInterface } from "node:readline";
import process from "node:process";
import type { Grant } from "../../../bridge/access/grant.ts";
import { program } from "../../../bridge/cluster/nats/program.ts";
import { Bridge } from "../../../bridge/core/bridge.ts";
import { FrameEndpoint } from "../../../bridge/gateway/frame_endpoint.ts";
import { HttpServer } from "../../../bridge/http_server/http_server.ts";
import { ConnectionQuota } from "../../../bridge/http_server/connection_quota.ts";
import { Metrics } from "../../../bridge/ops/metrics.ts";
import { MemoryAccountStore } from "../../../bridge/upstream/account_store.ts";
import { systemClock } from "../../../lib/clock.ts";
import { DEFAULT_LIMITS } from "../../../mod.ts";

const TICK_MS = 2;
const [urls = "", accounts = "1000"] = Deno.args;
const SECRET_KEY = "the-secret-key-of-the-benchmark";
const address = { servers: urls.split(","), name: "stream" };
await program.found(address, {
  epoch: "stream",
  head: 0,
  ttlMs: 12_000,
  replicas: 3,
  secretKey: SECRET_KEY,
  maxBytes: 4_000_000_000,
});
const folder = Deno.makeTempDirSync();
const { node: { journal } } = await program.openNode(address, {
  secretKey: SECRET_KEY,
  path: `${folder}/journal.db`,
  folder: "one",
  isEdge: false,
  clock: systemClock,
  monotonic: () => performance.now(),
});
const failed = (error: unknown) => console.error(error);
const bridge = new Bridge({
  journal,
  accounts: new MemoryAccountStore(),
  transport: () => {
    throw new Error("Cannot happen: there is no account");
  },
});
const grant: Grant = {
  id: "bench",
  name: "bench",
  scopes: new Set(["read"]),
  accounts: "all",
  revoked: () => false,
};
const front = await HttpServer.listen({
  host: "127.0.0.1",
  port: 0,
  heads: { addressConnections: 20_000 },
});
front.serve({
  app: () => new Response(null, { status: 404 }),
  endpoints: [
    new FrameEndpoint({
      bridge,
      clock: systemClock,
      limits: DEFAULT_LIMITS,
      stallMs: 30_000,
      measures: new Metrics("bench"),
      onError: failed,
      authenticate: () => grant,
    }),
  ],
  access: { host: () => true, origins: [] },
  quota: new ConnectionQuota({ all: 20_000, token: 20_000, address: 20_000 }),
  limits: DEFAULT_LIMITS,
  behindProxy: false,
  clock: systemClock,
  onError: failed,
});
console.log(front.port);
let number = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const [rate = 0, seconds = 0] = line.split(" ").map(Number);
  const startedAt = performance.now();
  for (let count = 0; count < rate * seconds;) {
    const due = Math.min(
      rate * seconds,
      (performance.now() - startedAt) * rate / 1000,
    );
    for (; count < due; count++) {
      journal.append({
        events: [{
          account: String(20_001 + number++ % Number(accounts)),
          at: Date.now(),
          event: "message",
          data: {
            from: "99999",
            text: `你好，这是一条消息，${"x".repeat(40)}`,
          },
        }],
      }).catch(failed);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}
Deno.removeSync(folder, { recursive: true });
Deno.exit(0);
