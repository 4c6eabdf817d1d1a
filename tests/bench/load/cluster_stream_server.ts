/**
 * A node's journal and gateway: `cluster_stream_server.ts URLS ACCOUNTS`
 * prints its port. Each line of standard input, `RATE SECONDS`, appends events at
 * that rate, each as a batch of its own, to the accounts in turn.
 *
 * @module
 */

import { createInterface } from "node:readline";
import process from "node:process";
import { program } from "../../../bridge/cluster/nats/program.ts";
import { systemClock } from "../../../lib/clock.ts";
import { serveJournal } from "./serve_journal.ts";

const TICK_MS = 2;
const [urls = "", accounts = "1000"] = Deno.args;
const SECRET_KEY = "the-secret-key-of-the-benchmark";
const address = { servers: urls.split(","), name: "stream" };
await program.found(address, {
  epoch: "stream",
  head: 0,
  ttlMs: 12_000,
  replicas: 3,
  secretKey: SECRET_KEY,
  maxBytes: 4_000_000_000,
});
const folder = Deno.makeTempDirSync();
const { node: { journal } } = await program.openNode(address, {
  secretKey: SECRET_KEY,
  path: `${folder}/journal.db`,
  folder: "one",
  isEdge: false,
  clock: systemClock,
  monotonic: () => performance.now(),
});
console.log(await serveJournal(journal));
let number = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const [rate = 0, seconds = 0] = line.split(" ").map(Number);
  const startedAt = performance.now();
  for (let count = 0; count < rate * seconds;) {
    const due = Math.min(
      rate * seconds,
      (performance.now() - startedAt) * rate / 1000,
    );
    for (; count < due; count++) {
      journal.append({
        events: [{
          account: String(20_001 + number++ % Number(accounts)),
          at: Date.now(),
          event: "message",
          data: {
            from: "99999",
            text: `你好，这是一条消息，${"x".repeat(40)}`,
          },
        }],
      }).catch(console.error);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}
Deno.removeSync(folder, { recursive: true });
Deno.exit(0);
