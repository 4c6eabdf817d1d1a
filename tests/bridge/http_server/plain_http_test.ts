import { delay } from "@std/async";
import type { Endpoint } from "../../../bridge/endpoint/endpoint.ts";
import {
  REFUSED_ADDRESS_LIMITS,
  RefusedAddresses,
} from "../../../bridge/http_server/refused_addresses.ts";
import { assert, assertEquals } from "@std/assert";
import { Stage } from "../../support/front_fixture.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import {
  residentBytes,
  stopwatch,
  unsentBytes,
} from "../../support/process_figures.ts";
import { Program } from "../../support/program.ts";
import { RawSocket, upgradeHead } from "../../support/raw_socket.ts";

const FILE = "/mod.js";

/** Requests of one connection whose answers, the largest that there is, fill all buffers. */
const PIPELINED = 60;
const TOKEN = "token-of-the-test";
const MIB = 1024 * 1024;

function head(
  port: number,
  path: string,
  { method = "GET", headers = "" } = {},
): string {
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${headers}\r\n`;
}

/** Reads one answer, and returns its head and the length of its body. */
async function readAnswer(
  socket: RawSocket,
  hasBody = true,
): Promise<{ status: number; head: string; bytes: number }> {
  const { status, head } = await socket.head();
  const length = hasBody
    ? Number(/^content-length: (\d+)/im.exec(head)![1])
    : 0;
  return { status, head, bytes: (await socket.text(length)).length };
}

async function wait(ms: number): Promise<void> {
  await delay(ms);
}

/** Waits until a condition holds, and fails after 10 s. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 500; n++) {
    if (await isSo()) return;
    await wait(20);
  }
  throw new Error(`Not within 10 s: ${isSo}`);
}

/** An endpoint that answers `/big` with ASCII of a size. */
function bigEndpoint(bytes: number): Endpoint {
  return {
    kind: "ws",
    pathWords: [],
    owns: (path) => path === "/big",
    upgrade: () => Promise.resolve(new Response(null, { status: 404 })),
    fetch: () => Promise.resolve(new Response("x".repeat(bytes))),
  };
}

Deno.test("plain HTTP: clients that pipeline requests and read nothing are cut, and cost little", async () => {
  await using program = new Program({
    args: [
      "serve",
      "--memory",
      "--listen=127.0.0.1:0",
      "--qq-listen=127.0.0.1:0",
      "--log-format=json",
    ],
    env: { TQQ_STALL_MS: "2000", TQQ_TOKEN: TOKEN },
  });
  const { http } = await program.ready();
  const port = Number(new URL(http!).port);
  const slowCloses = async () => {
    const response = await fetch(`${http}/metrics`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const text = await response.text();
    return Number(/^tqq_slow_closes_total (\d+)/m.exec(text)?.[1] ?? NaN);
  };
  const sockets: RawSocket[] = [];
  try {
    const large = head(port, "/asyncapi.json", {
      headers: `Authorization: Bearer ${TOKEN}\r\n`,
    })
      .repeat(PIPELINED);
    // Memory grows with the first load of any kind, also if it is read.
    for (let round = 0; round < 2; round++) {
      const { length } = await fetch(`${http}/asyncapi.json`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      }).then((it) => it.text());
      await Promise.all(Array.from({ length: 60 }, async () => {
        using socket = await RawSocket.connect(port);
        await socket.write(large);
        for (let left = PIPELINED * length; left > 0;) {
          left -= await socket.skip() ?? left;
        }
      }));
    }
    // A machine that is too busy may cut some that read.
    const cutBefore = await slowCloses();
    const before = residentBytes(program.pid);
    for (let n = 0; n < 60; n++) {
      const socket = await RawSocket.connect(port);
      sockets.push(socket);
      await socket.write(large);
    }
    let elapsed = stopwatch(program.pid);
    const times: number[] = [];
    let [grown, held] = [0, 0];
    for (let cut; (cut = await slowCloses()) < cutBefore + 60;) {
      if (elapsed() > 10_000) break;
      // They stall when the system's buffers are full, later on a slow machine.
      const unsent = unsentBytes(port);
      if (cut === cutBefore && unsent !== held) {
        held = unsent;
        elapsed = stopwatch(program.pid);
      }
      const asked = performance.now();
      await fetch(`${http}/healthz`).then((it) => it.body?.cancel());
      times.push(performance.now() - asked);
      grown = Math.max(grown, residentBytes(program.pid) - before);
      await wait(50);
    }
    const cutMs = elapsed();
    assert(cutMs < 4000, `all are cut after ${cutMs} ms`);
    assert(grown < 32 * MIB, `memory grew by ${grown / MIB} MiB`);
    const median = times.sort((a, b) => a - b)[times.length >> 1]!;
    assert(median < 200, `a healthy client waited ${median} ms`);
  } finally {
    for (const socket of sockets) socket[Symbol.dispose]();
  }
});

/** Closes a front whose clock is a fake. */
async function close(stage: Stage, clock: FakeClock): Promise<void> {
  let isClosed = false;
  const closing = stage[Symbol.asyncDispose]().finally(() => isClosed = true);
  while (!isClosed) {
    await clock.advance(20);
    await wait(0);
  }
  await closing;
}

Deno.test("plain HTTP: a client that stalls is cut at most a quarter of the bound late", async () => {
  const clock = new FakeClock();
  const stage = await Stage.open({
    clock,
    stallMs: 1500,
    endpoints: () => [bigEndpoint(16 * MIB)],
  });
  using socket = await RawSocket.connect(stage.port);
  await socket.write(head(stage.port, "/big"));
  assertEquals((await socket.head()).status, 200);
  await clock.advance(1500 + 1500 / 4);
  const metrics = await stage.metrics.text();
  await close(stage, clock);
  assert(metrics.includes("\ntqq_slow_closes_total 1\n"));
});

Deno.test("plain HTTP: an address that leaves the answers of ten connections unread is refused, and no other", async () => {
  const clock = new FakeClock();
  const refusedAddresses = new RefusedAddresses(clock);
  const stage = await Stage.open({
    clock,
    refusedAddresses,
    stallMs: 1500,
    endpoints: () => [bigEndpoint(16 * MIB)],
  });
  const [patient, offender] = ["127.0.0.2", "127.0.0.3"];
  const stall = async (address: string) => {
    const socket = await RawSocket.connectFrom(address, stage.port);
    await socket.write(head(stage.port, "/big"));
    assertEquals((await socket.head()).status, 200);
    return socket;
  };
  const { most } = REFUSED_ADDRESS_LIMITS;
  const sockets: RawSocket[] = [];
  for (let nth = 0; nth < most; nth++) sockets.push(await stall(offender));
  for (let nth = 1; nth < most; nth++) sockets.push(await stall(patient));
  await until(async () => {
    await clock.advance(200);
    return /^tqq_slow_closes_total 19$/m.test(await stage.metrics.text());
  });
  assertEquals(
    [offender, patient].map((address) => refusedAddresses.isRefused(address)),
    [true, false],
  );
  for (const socket of sockets) socket[Symbol.dispose]();
  await close(stage, clock);
});

Deno.test("plain HTTP: pipelined requests are answered in order, also HEAD and 304", async () => {
  await using stage = await Stage.open();
  const { port } = stage;
  using socket = await RawSocket.connect(port);
  await socket.write(head(port, FILE) + head(port, "/healthz"));
  const file = await readAnswer(socket);
  assertEquals([file.status, file.bytes > 50_000], [200, true]);
  assertEquals((await readAnswer(socket)).bytes, '{"status":"ok"}'.length);
  const etag = /^etag: (.*)$/im.exec(file.head)![1];
  const post = head(port, "/api/ping", {
    method: "POST",
    headers:
      "Authorization: Bearer all\r\nContent-Type: application/json\r\nContent-Length: 2\r\n",
  });
  await socket.write(
    head(port, FILE, { method: "HEAD" }) +
      head(port, FILE, { headers: `If-None-Match: ${etag}\r\n` }) +
      `${post}{}` + head(port, "/nowhere") + head(port, "/healthz"),
  );
  const answers = [
    await readAnswer(socket, false),
    await readAnswer(socket, false),
    await readAnswer(socket),
    await readAnswer(socket),
    await readAnswer(socket),
  ];
  assertEquals(answers.map(({ status }) => status), [200, 304, 200, 404, 200]);
  assertEquals(stage.seats.taken, 0);
});

Deno.test("plain HTTP: a slow reader that makes progress is not cut", async () => {
  const bytes = 32 * MIB;
  await using stage = await Stage.open({
    // A full socket takes more only when a third of its buffer, up to 2 MiB, is free.
    stallMs: 3000,
    endpoints: () => [bigEndpoint(bytes)],
  });
  using connection = await Deno.connect({ port: stage.port });
  await connection.write(new TextEncoder().encode(head(stage.port, "/big")));
  const chunk = new Uint8Array(MIB / 2);
  const read = async () => await connection.read(chunk) ?? 0;
  const first = new TextDecoder().decode(chunk.subarray(0, await read()));
  let count = first.length - (first.indexOf("\r\n\r\n") + 4);
  const from = performance.now();
  for (let got = 1; got > 0 && count < bytes; count += got) {
    got = await read();
    if (performance.now() - from < 4500) await wait(100);
  }
  assertEquals(count, bytes);
});

Deno.test("plain HTTP: one waiting request too many ends the connection", async () => {
  await using stage = await Stage.open({ plainLimits: { waiting: 3 } });
  const { port } = stage;
  const all = async (count: number) => {
    using socket = await RawSocket.connect(port);
    await socket.write(
      head(port, "/healthz").repeat(count - 1) +
        head(port, "/healthz", { headers: "Connection: close\r\n" }),
    );
    return (await socket.rest()).split("HTTP/1.1 200").length - 1;
  };
  assertEquals(await all(4), 4);
  assert(await all(5) < 4);
});

Deno.test("plain HTTP: past the bound of all unsent bytes, the client that stalled first is cut", async () => {
  await using stage = await Stage.open({
    plainLimits: { unsentBytes: 20 * MIB },
    endpoints: () => [bigEndpoint(16 * MIB)],
  });
  const sockets: RawSocket[] = [];
  try {
    for (let n = 0; n < 3; n++) {
      const socket = await RawSocket.connect(stage.port);
      sockets.push(socket);
      await socket.write(head(stage.port, "/big"));
      assertEquals((await socket.head()).status, 200);
    }
    const lengths = await Promise.all(
      sockets.map(async (socket) => (await socket.text(16 * MIB)).length),
    );
    const whole = lengths.map((length) => length === 16 * MIB);
    assertEquals(whole, [false, false, true]);
    const metrics = await stage.metrics.text();
    assert(metrics.includes("\ntqq_slow_closes_total 2\n"));
  } finally {
    for (const socket of sockets) socket[Symbol.dispose]();
  }
});

const IDLE_LIMITS = [
  ["of an address", { plainLimits: { idlePerAddress: 2 } }],
  ["in all", { plainLimits: { idle: 2 } }],
  [
    "in all, also behind a proxy",
    { behindProxy: true, plainLimits: { idle: 2, idlePerAddress: 1 } },
  ],
] as const;
for (const [what, options] of IDLE_LIMITS) {
  Deno.test(`plain HTTP: limits idle connections ${what}, and closes the one that is idle for longest`, async () => {
    await using stage = await Stage.open(options);
    const { port } = stage;
    const ask = async (socket: RawSocket) => {
      await socket.write(head(port, "/healthz"));
      assertEquals((await readAnswer(socket)).status, 200);
    };
    using first = await RawSocket.connect(port);
    using second = await RawSocket.connect(port);
    using third = await RawSocket.connect(port);
    await ask(first);
    await ask(second);
    await ask(first);
    await ask(third);
    assertEquals(await second.rest(), "");
    await ask(first);
    await ask(third);
    // WebSockets are no idle connections of plain HTTP.
    using _one = await RawSocket.open(port, "/ws?access_token=all");
    using _two = await RawSocket.open(port, "/ws?access_token=all");
    await ask(first);
    await ask(third);
  });
}

Deno.test("plain HTTP: a handshake behind an unanswered request ends the connection", async () => {
  await using stage = await Stage.open({
    endpoints: () => [bigEndpoint(16 * MIB)],
  });
  using socket = await RawSocket.connect(stage.port);
  await socket.write(
    head(stage.port, "/big") +
      head(stage.port, "/ws", {
        headers:
          "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
      }),
  );
  assert(!(await socket.rest()).includes("HTTP/1.1 101"));
  await until(() => stage.front.connections === 0);
});

Deno.test("plain HTTP: a connection becomes a WebSocket after an answer, and is then no idle one", async () => {
  await using stage = await Stage.open({ plainLimits: { idle: 1 } });
  const { port } = stage;
  using socket = await RawSocket.connect(port);
  await socket.write(head(port, "/healthz"));
  assertEquals((await readAnswer(socket)).status, 200);
  await socket.write(upgradeHead(port, "/ws?access_token=all"));
  assertEquals((await socket.head()).status, 101);
  assertEquals((await socket.json()).type, "welcome");
  for (let n = 0; n < 3; n++) {
    using other = await RawSocket.connect(port);
    await other.write(head(port, "/healthz"));
    assertEquals((await readAnswer(other)).status, 200);
  }
  await stage.bridge.push();
  assertEquals((await socket.json()).type, "event");
});
