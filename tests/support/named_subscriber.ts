// A consumer as a program would write it: each event goes to a file, once per
// position, and is acknowledged after that. It says on standard output where
// its connections begin, what it acknowledges, what the bridge has of that, and what it is given again, one
// JSON object a line. Started by crashed_subscriber.ts.
import { BridgeClient, type EventFrame } from "../../mod.ts";

const [url = "", path = "", ackEvents = "100", ackMs = "1000"] = Deno.args;
const text = await Deno.readTextFile(path).catch(() => "");
const lines = text.split("\n");
// A kill may have left half a line: that event was not acknowledged.
const half = lines.pop() ?? "";
const last = lines.at(-1);
let written = last === undefined ? 0 : (JSON.parse(last) as EventFrame).seq;
const file = await Deno.open(path, { create: true, write: true });
await file.truncate(new TextEncoder().encode(text).length - byteLength(half));
await file.seek(0, Deno.SeekMode.End);

/** Says which acknowledgements leave. */
class SayingSocket extends WebSocket {
  override send(data: string): void {
    super.send(data);
    const { type, seq } = JSON.parse(data);
    if (type !== "ack") return;
    say({ acked: seq, at: Date.now() });
    // The bridge takes frames in order: its answer shows that it has the
    // acknowledgement. One that the rate limit refuses shows nothing.
    bridge.ping().then(() => say({ received: seq, at: Date.now() }), () => {});
  }
}

await using bridge = new BridgeClient({
  url,
  token: Deno.env.get("TQQ_TOKEN") ?? "",
  consumer: "crash-stage",
  ackEvents: Number(ackEvents),
  ackMs: Number(ackMs),
  backoff: { minMs: 50, maxMs: 200 },
  WebSocket: SayingSocket,
  onStatus: (status) => {
    if (status.state === "open") say({ after: status.welcome.after?.seq });
  },
});
for await (const frame of bridge) {
  if (frame.type === "gap") throw new Error(`Gap: ${JSON.stringify(frame)}`);
  if (frame.seq <= written) {
    say({ again: frame.seq });
    continue;
  }
  written = frame.seq;
  await write(`${JSON.stringify(frame)}\n`);
}

function say(line: object): void {
  console.log(JSON.stringify(line));
}

async function write(text: string): Promise<void> {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(await file.write(rest));
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
