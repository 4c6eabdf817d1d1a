/** A QQ server of its own process for the benchmark of pushes: `push_server.ts ACCOUNTS`. @module */

import { createServer } from "../../../lib/server/mod.ts";
import { md5Hex } from "../../../mod.ts";

const accounts = Number(Deno.args[0]);
const passwordMd5 = md5Hex("demo");
const server = createServer({ sendGapMs: 0 });
for (let nth = 0; nth < accounts; nth++) {
  await server.createAccount({ uin: String(20_000 + nth), passwordMd5 });
}
const { port } = server.listen({ port: 0 });
console.log(port);

// Each line on standard input is `RATE SECONDS`: so many messages a second, each with its time.
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
let next = 0;
for await (const line of lines) {
  const [rate = 0, seconds = 0] = line.trim().split(" ").map(Number);
  const from = performance.now();
  for (let sent = 0; sent < rate * seconds;) {
    const due = Math.min(
      rate * seconds,
      Math.floor((performance.now() - from) * rate / 1000),
    );
    for (; sent < due; sent++) {
      await server.deliver(String(20_000 + next++ % accounts), {
        type: "message",
        from: "10001",
        text: String(performance.timeOrigin + performance.now()),
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  console.log("sent");
}
await server.close();
