/**
 * Sends one message through a bridge.
 *
 * TQQ_TOKEN=... deno run --allow-net --allow-env send_message.ts 10001 10000 hello
 *
 * @module
 */

import { BridgeClient } from "../../mod.ts";

const [account = "10001", to = "10000", text = "hello"] = Deno.args;

await using bridge = new BridgeClient({
  url: Deno.env.get("TQQ_URL") ?? "ws://127.0.0.1:8080/ws",
  token: Deno.env.get("TQQ_TOKEN") ?? "",
});
const { seq } = await bridge.send(account, to, text);
console.log(`Sent as event ${seq}`);
