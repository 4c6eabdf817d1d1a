/**
 * Keeps its own position in a file, so that a later start goes on where this
 * one stopped, however it stopped.
 *
 * TQQ_TOKEN=... deno run --allow-net --allow-env --allow-read=. --allow-write=. resuming_subscriber.ts position.json
 *
 * @module
 */

import { BridgeClient, type Position } from "../../mod.ts";

const [file = "position.json"] = Deno.args;

async function load(): Promise<Position | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function save(position: Position): Promise<void> {
  // A rename is whole or not at all.
  await Deno.writeTextFile(`${file}.new`, JSON.stringify(position));
  await Deno.rename(`${file}.new`, file);
}

const after = await load();
await using bridge = new BridgeClient({
  url: Deno.env.get("TQQ_URL") ?? "ws://127.0.0.1:8080/ws",
  token: Deno.env.get("TQQ_TOKEN") ?? "",
  ...(after === undefined ? {} : { after }),
  onStatus: ({ state }) => console.error(state),
});
for await (const frame of bridge) {
  if (frame.type === "gap") {
    console.log(`events ${frame.from} to ${frame.to} are no longer kept`);
  } else {
    console.log(frame.seq, frame.account, frame.event, frame.data);
  }
  await save(bridge.position!);
}
