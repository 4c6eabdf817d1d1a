/**
 * Answers every message of an account with its own text, each once: also where
 * this process or the bridge was gone in between.
 *
 * TQQ_TOKEN=... deno run --allow-net --allow-env echo_bot.ts 10001
 *
 * @module
 */

import { BridgeClient } from "../../mod.ts";

const [account = "10001"] = Deno.args;

await using bridge = new BridgeClient({
  url: Deno.env.get("TQQ_URL") ?? "ws://127.0.0.1:8080/ws",
  token: Deno.env.get("TQQ_TOKEN") ?? "",
  accounts: [account],
  events: ["message"],
  // The bridge keeps the position of this name: what came meanwhile comes first.
  consumer: "echo-bot",
});
for await (const frame of bridge) {
  if (frame.type !== "event" || frame.event !== "message") continue;
  const { from, text } = frame.data;
  // The demonstration's robot echoes too: answering it would never end.
  if (from === "10000") continue;
  // Should this event come again, the key keeps the answer from being sent twice.
  await bridge.send(account, from, text, { key: `echo-${frame.seq}` });
  console.log(`${account} answered ${from}`);
}
