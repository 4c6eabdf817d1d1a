import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Door } from "../../../bridge/gateway/door.ts";
import { assert, assertEquals } from "../../deps.ts";
import { PERMISSIONS, serveArgs } from "../../support/program.ts";
import { RawSocket } from "../../support/raw_socket.ts";

const TOKEN = "door-0123456789abcdef0123456789abcdef01234567";

Deno.test("door: one that is open is tried now and then, and nothing is told", async () => {
  const server = createServer();
  await new Promise<void>((resolve) =>
    server.listen({ host: "127.0.0.1", port: 0 }, resolve)
  );
  const { port } = server.address() as AddressInfo;
  const failures: unknown[] = [];
  let came = 0;
  let left = 0;
  server.on("connection", (socket) => {
    came++;
    socket.once("close", () => left++);
  });
  const door = new Door({
    server,
    host: "127.0.0.1",
    port,
    reopen: () => assert(false),
    failed: (error) => failures.push(error),
  });
  for (let tries = 1; tries <= 3; tries++) {
    while (came < tries) {
      door.look();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    while (left < tries) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  door.close();
  for (let looks = 0; looks < 20; looks++) door.look();
  assertEquals(failures, []);
  assertEquals(came, 3);
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

Deno.test("door: one that lets nobody in is opened anew, less and less often where that does not help", async () => {
  // The system takes connections for it, and it never asks for them.
  using deaf = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = deaf.addr as Deno.NetAddr;
  const server = Object.assign(new EventEmitter(), { listening: true });
  const opened: number[] = [];
  const failures: unknown[] = [];
  let looks = 0;
  const door = new Door({
    server,
    host: "127.0.0.1",
    port,
    reopen: () => void opened.push(looks),
    failed: (error) => failures.push(error),
  });
  const look = (times: number) => {
    for (let n = 0; n < times; n++) {
      looks++;
      door.look();
    }
  };
  look(65);
  assertEquals(opened, [9, 23, 47]);
  assertEquals(failures.length, 3);
  server.emit("connection");
  opened.length = looks = 0;
  look(9);
  assertEquals(opened, [9]);
  server.listening = false;
  look(1);
  assertEquals(opened, [9, 10]);
  door.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
});

Deno.test({
  name:
    "door: after a time without a free file they come in again, and who was there stays",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const child = new Deno.Command("sh", {
      args: [
        "-c",
        'ulimit -n 64; exec "$@"',
        "sh",
        Deno.execPath(),
        "run",
        ...PERMISSIONS,
        new URL("../../../bridge/main.ts", import.meta.url).pathname,
        ...serveArgs(folder, "--log-level=error"),
      ],
      env: { TQQ_TOKEN: TOKEN },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const said = new Response(child.stderr).text();
    const sockets: RawSocket[] = [];
    try {
      const port = await readyPort(child.stdout);
      using resident = await RawSocket.open(
        port,
        `/ws?access_token=${TOKEN}&events=unknown`,
      );
      assertEquals((await resident.json()).type, "welcome");
      for (let n = 0; n < 100; n++) sockets.push(await RawSocket.connect(port));
      // Who comes now is not answered: no file is left.
      assertEquals(await statusOf(port, 1000), undefined);
      for (const socket of sockets) socket[Symbol.dispose]();
      let status: number | undefined;
      for (const from = Date.now(); status === undefined;) {
        assert(Date.now() - from < 60_000, "nobody comes in any more");
        status = await statusOf(port, 1000);
      }
      assertEquals(status, 200);
      await resident.send({ type: "command", id: 1, command: "ping" });
      assertEquals((await resident.json()).ok, true);
      child.kill("SIGTERM");
      assertEquals((await child.status).code, 0);
      assert((await said).includes("Cannot take connections"));
    } finally {
      for (const socket of sockets) socket[Symbol.dispose]();
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.status;
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** The status of an answer that comes in time. */
async function statusOf(
  port: number,
  withinMs: number,
): Promise<number | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`, {
      signal: AbortSignal.timeout(withinMs),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

async function readyPort(stdout: ReadableStream<Uint8Array>): Promise<number> {
  let text = "";
  for await (const chunk of stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const url = /"http":"([^"]+)"/.exec(text)?.[1];
    if (url !== undefined) return Number(new URL(url).port);
  }
  throw new Error("Not ready");
}
