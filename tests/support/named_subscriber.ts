// A consumer as a program would write it: each event goes to a file, once per
// position, and is acknowledged behind that. Started by crash_stage.ts.
import { BridgeClient, type EventFrame } from "../../mod.ts";

const [url = "", path = ""] = Deno.args;
const text = await Deno.readTextFile(path).catch(() => "");
const lines = text.split("\n");
// A kill may have left half a line: that event was not acknowledged.
const half = lines.pop() ?? "";
const last = lines.at(-1);
let written = last === undefined ? 0 : (JSON.parse(last) as EventFrame).seq;
const file = await Deno.open(path, { create: true, write: true });
await file.truncate(new TextEncoder().encode(text).length - byteLength(half));
await file.seek(0, Deno.SeekMode.End);

await using bridge = new BridgeClient({
  url,
  token: Deno.env.get("TQQ_TOKEN") ?? "",
  consumer: "crash-stage",
  onStatus: ({ state }) => {
    if (state === "open") console.log("connected");
  },
});
for await (const frame of bridge) {
  if (frame.type === "gap") throw new Error(`Gap: ${JSON.stringify(frame)}`);
  if (frame.seq <= written) continue;
  written = frame.seq;
  await write(`${JSON.stringify(frame)}\n`);
}

async function write(text: string): Promise<void> {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(await file.write(rest));
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
