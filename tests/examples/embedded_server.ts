/**
 * The embedded QQ server alone, with the demo accounts, for clients of 2005:
 * `old_client.sh` is one.
 *
 * deno run --allow-net embedded_server.ts 8000
 *
 * @module
 */

import { addDemo, createServer } from "../../lib/server/mod.ts";

const [port = "8000"] = Deno.args;

const server = createServer();
await addDemo(server);
const listener = server.listen({ hostname: "127.0.0.1", port: Number(port) });
console.log(`http://127.0.0.1:${listener.port}/`);
