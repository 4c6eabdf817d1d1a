/**
 * Answers friend requests: who says the word is accepted and greeted, all
 * others are refused.
 *
 * TQQ_TOKEN=... deno run --allow-net --allow-env friend_robot.ts sesame
 *
 * @module
 */

import { BridgeClient } from "../../mod.ts";

const [word = "sesame"] = Deno.args;

await using bridge = new BridgeClient({
  url: Deno.env.get("TQQ_URL") ?? "ws://127.0.0.1:8080/ws",
  token: Deno.env.get("TQQ_TOKEN") ?? "",
  events: ["friend.request"],
  consumer: "friend-robot",
});
for await (const frame of bridge) {
  if (frame.type !== "event" || frame.event !== "friend.request") continue;
  const { account, seq, data: { from, text } } = frame;
  const accepts = text.includes(word);
  if (accepts) {
    await bridge.answerRequest(account, from, "accept", "", {
      key: `answer-${seq}`,
    });
    await bridge.send(account, from, "Welcome!", { key: `greeting-${seq}` });
  } else {
    await bridge.answerRequest(account, from, "refuse", "Say the word", {
      key: `answer-${seq}`,
    });
  }
  console.log(`${account} ${accepts ? "accepted" : "refused"} ${from}`);
}
