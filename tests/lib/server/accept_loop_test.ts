import { acceptConnections } from "../../../lib/server/listener/accept_loop.ts";
import { addDemo, createServer } from "../../../lib/server/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";
import { OldClient } from "../../support/old_client.ts";
import { stopwatch } from "../../support/process_figures.ts";

/** What `accept` fails with, and after how many milliseconds the next one is tried. */
const CAUSES: [code: string, waitMs: number, reported: number][] = [
  ["EMFILE", 100, 1],
  ["ENFILE", 100, 1],
  ["ENOMEM", 100, 1],
  ["ENOBUFS", 100, 1],
  ["ECONNABORTED", 0, 0],
  ["ECONNRESET", 0, 0],
  ["EPERM", 0, 0],
];

for (const [code, waitMs, reported] of CAUSES) {
  Deno.test(`acceptConnections() accepts again after ${waitMs} ms when accept fails with ${code}`, async () => {
    const clock = new FakeClock();
    const ending = new AbortController();
    const startAt = clock.now();
    const errors: unknown[] = [];
    let takenAt: number | undefined;
    let calls = 0;
    const loop = acceptConnections({
      accept() {
        calls++;
        if (calls <= 3) {
          return Promise.reject(Object.assign(new Error(code), { code }));
        }
        if (calls === 4) return Promise.resolve("a connection");
        return new Promise<string>((_, reject) =>
          ending.signal.addEventListener("abort", () => reject(new Error()))
        );
      },
      take: () => void (takenAt = clock.now() - startAt),
      clock,
      signal: ending.signal,
      onError: (error) => errors.push(error),
    });
    await clock.advance(1000);
    assertEquals([takenAt, errors.length], [3 * waitMs, reported]);
    ending.abort();
    await loop;
  });
}

Deno.test("acceptConnections() gives the event loop a turn every 100 failures", async () => {
  const ending = new AbortController();
  let calls = 0;
  const timer = setTimeout(() => ending.abort(), 0);
  await acceptConnections({
    accept() {
      calls++;
      return Promise.reject(new Error("reset"));
    },
    take() {},
    clock: new FakeClock(),
    signal: ending.signal,
    onError() {},
  });
  clearTimeout(timer);
  assert(calls <= 300, `${calls}`);
});

/** Opens 400 connections and resets each. */
const RESETS = `
import { Socket } from "node:net";
await Promise.all(Array.from({ length: 400 }, () => new Promise((resolve) => {
  const socket = new Socket();
  socket.on("error", () => {});
  socket.on("close", resolve);
  socket.connect(Number(Deno.args.at(-1)), "127.0.0.1", () => socket.resetAndDestroy());
})));
`;

Deno.test("QqServer.listen: a client is answered within 1 s after 400 connections that were reset at once", async () => {
  const server = createServer();
  await addDemo(server);
  const { port } = server.listen({ hostname: "127.0.0.1", port: 0 });
  // From another process, while this one takes nothing: they are reset when they are accepted.
  const { success } = new Deno.Command(Deno.execPath(), {
    args: ["eval", RESETS, "--", String(port)],
    stderr: "inherit",
  }).outputSync();
  assert(success);
  const elapsed = stopwatch();
  const reply = await new OldClient(`127.0.0.1:${port}`, "10001").login("demo");
  assert(reply.includes("RES=0"), reply);
  assert(elapsed() < 1000);
  await server.close();
});
