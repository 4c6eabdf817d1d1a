/**
 * The bridge without files, as the only thing that a process serves. What it
 * knows ends with the process.
 *
 * TQQ_TOKEN=... QQ_PASSWORD=... deno serve --allow-net --allow-env --allow-read --host=127.0.0.1 --port=8080 edge_bridge.ts
 *
 * @module
 */

import { createBridge } from "../../bridge/mod.ts";

const bridge = createBridge({
  accounts: [{
    uin: Deno.env.get("QQ_UIN") ?? "10001",
    password: Deno.env.get("QQ_PASSWORD") ?? "demo",
  }],
  endpoint: Deno.env.get("QQ_ENDPOINT") ?? "http://127.0.0.1:8000/",
  token: Deno.env.get("TQQ_TOKEN") ?? "",
});

// The accounts log in before the first request.
bridge.start();

export default { fetch: bridge.fetch } satisfies Deno.ServeDefaultExport;
