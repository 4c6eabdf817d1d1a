/** Serves a journal to WebSockets, without accounts and limits of its own. @module */

import type { Grant } from "../../../bridge/access/grant.ts";
import { Bridge } from "../../../bridge/core/bridge.ts";
import { FrameEndpoint } from "../../../bridge/gateway/frame_endpoint.ts";
import { HttpServer } from "../../../bridge/http_server/http_server.ts";
import { ConnectionQuota } from "../../../bridge/http_server/connection_quota.ts";
import type { Journal } from "../../../bridge/journal/journal.ts";
import { Metrics } from "../../../bridge/ops/metrics.ts";
import { MemoryAccountStore } from "../../../bridge/upstream/account_store.ts";
import { systemClock } from "../../../lib/clock.ts";
import { DEFAULT_LIMITS } from "../../../mod.ts";

/** Returns the port; every client may read everything. */
export async function serveJournal(journal: Journal): Promise<number> {
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
  return front.port;
}
