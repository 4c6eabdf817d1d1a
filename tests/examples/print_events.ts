/**
 * Prints events as lines of JSON.
 *
 * TQQ_TOKEN=... deno run --allow-net --allow-env print_events.ts message presence
 *
 * And with jq, `| jq -r 'select(.event == "message") | .data.text'`.
 *
 * @module
 */

import { BridgeClient } from "../../mod.ts";

await using bridge = new BridgeClient({
  url: Deno.env.get("TQQ_URL") ?? "ws://127.0.0.1:8080/ws",
  token: Deno.env.get("TQQ_TOKEN") ?? "",
  ...(Deno.args.length === 0 ? {} : { events: Deno.args }),
  onStatus: ({ state }) => console.error(state),
});
for await (const frame of bridge) console.log(JSON.stringify(frame));
