import { delay } from "@std/async";
import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AcceptWatchdog } from "../../../bridge/http_server/accept_watchdog.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";
import { PERMISSIONS, serveArgs } from "../../support/program.ts";
import { RawSocket } from "../../support/raw_socket.ts";

const TOKEN = "door-0123456789abcdef0123456789abcdef01234567";

Deno.test("AcceptWatchdog: probes a working listener now and then, and reports nothing", async () => {
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
  const door = new AcceptWatchdog({
    server,
    host: "127.0.0.1",
    port,
    clock: { now: () => 0 },
    intervalMs: 1000,
    reopen: () => assert(false),
    onError: (error) => failures.push(error),
  });
  for (let tries = 1; tries <= 3; tries++) {
    while (came < tries) {
      door.check();
      await delay(5);
    }
    while (left < tries) await delay(5);
  }
  door.close();
  for (let looks = 0; looks < 20; looks++) door.check();
  assertEquals(failures, []);
  assertEquals(came, 3);
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

/** A watchdog on a fake clock, with scripted probes. */
class DoorStage {
  readonly clock = new FakeClock();
  readonly server = Object.assign(new EventEmitter(), { listening: true });
  readonly opened: number[] = [];
  readonly failures: unknown[] = [];
  /** Whether a connection of the door's own comes to stand. */
  connects = true;
  looks = 0;
  readonly door = new AcceptWatchdog({
    server: this.server,
    host: "127.0.0.1",
    port: 1,
    clock: this.clock,
    intervalMs: 1000,
    connect: () => {
      const socket = Object.assign(new EventEmitter(), {
        resume() {},
        destroy() {},
      });
      if (this.connects) queueMicrotask(() => socket.emit("connect"));
      return socket;
    },
    reopen: () => void this.opened.push(this.looks),
    onError: (error) => this.failures.push(error),
  });

  async look(times: number, everyMs = 1000): Promise<void> {
    for (let n = 0; n < times; n++) {
      await this.clock.advance(everyMs);
      this.looks++;
      this.door.check();
    }
  }
}

Deno.test("AcceptWatchdog.check(): listens again if nothing is accepted, less and less often if that does not help", async () => {
  const stage = new DoorStage();
  await stage.look(65);
  assertEquals(stage.opened, [9, 23, 47]);
  assertEquals(stage.failures.length, 3);
  stage.server.emit("connection");
  stage.opened.length = stage.looks = 0;
  await stage.look(9);
  assertEquals(stage.opened, [9]);
  stage.server.listening = false;
  await stage.look(1);
  assertEquals(stage.opened, [9, 10]);
});

Deno.test("AcceptWatchdog.check(): does not count a check that is late by half an interval", async () => {
  const stage = new DoorStage();
  await stage.look(100, 1500);
  assertEquals(stage.opened, []);
  // The trial is under way, and nobody could come in while the loop was held up.
  await stage.look(5);
  await stage.look(20, 3000);
  assertEquals(stage.opened, []);
  await stage.look(2, 1499);
  assertEquals(stage.opened, []);
  await stage.look(1, 1499);
  assertEquals(stage.opened.length, 1);
});

Deno.test("AcceptWatchdog.check(): waits longer for a probe that is not established", async () => {
  const stage = new DoorStage();
  stage.connects = false;
  await stage.look(35);
  assertEquals(stage.opened, []);
  await stage.look(1);
  assertEquals(stage.opened, [36]);
});

Deno.test({
  name:
    "AcceptWatchdog: clients connect again after a time without free files, and open connections stay",
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
        assert(Date.now() - from < 60_000, "no client is accepted any more");
        status = await statusOf(port, 1000);
      }
      assertEquals(status, 200);
      await resident.send({ type: "command", id: 1, command: "ping" });
      assertEquals((await resident.json()).ok, true);
      child.kill("SIGTERM");
      assertEquals((await child.status).code, 0);
      assert((await said).includes("Cannot accept connections"));
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
