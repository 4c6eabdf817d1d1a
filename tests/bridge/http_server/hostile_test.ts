import { DEFAULT_LIMITS } from "../../../mod.ts";
import { assert, assertEquals } from "../../deps.ts";
import { Stage } from "../../support/front_fixture.ts";
import { RawSocket, upgradeHead } from "../../support/raw_socket.ts";

const PING = JSON.stringify({ type: "command", id: 1, command: "ping" });
const { frameBytes, fragments } = DEFAULT_LIMITS;

/** A ping whose frame has so many bytes. */
function pingOf(bytes: number): string {
  const [head, tail] = [
    '{"type":"command","id":1,"command":"ping","x":"',
    '"}',
  ];
  return head + "x".repeat(bytes - head.length - tail.length) + tail;
}

async function sendPieces(socket: RawSocket, count: number): Promise<void> {
  const size = Math.ceil(PING.length / count);
  for (let n = 0; n < count; n++) {
    await socket.frame(n === 0 ? 1 : 0, PING.slice(n * size, (n + 1) * size), {
      fin: n === count - 1,
    });
  }
}

const FRAMES: [
  what: string,
  send: (socket: RawSocket) => Promise<void>,
  closed: number | undefined,
][] = [
  ["a frame of 64 KiB", (socket) => socket.send(pingOf(frameBytes)), undefined],
  [
    "a frame of one byte more",
    (socket) => socket.send(pingOf(frameBytes + 1)),
    1009,
  ],
  ["16 fragments", (socket) => sendPieces(socket, fragments), undefined],
  ["17 fragments", (socket) => sendPieces(socket, fragments + 1), 1009],
  ["empty fragments without end", async (socket) => {
    await socket.frame(1, "", { fin: false });
    for (let n = 0; n < 100; n++) await socket.frame(0, "", { fin: false });
  }, 1009],
  ["fragments that are too big together", async (socket) => {
    await socket.frame(1, "x".repeat(40_000), { fin: false });
    await socket.frame(0, "x".repeat(40_000), { fin: false });
  }, 1009],
  [
    "a length of many gigabytes",
    (socket) =>
      socket.write(
        new Uint8Array([0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      ),
    1009,
  ],
  [
    "an unmasked frame",
    (socket) => socket.frame(1, PING, { masked: false }),
    1002,
  ],
  ["a reserved bit", (socket) => socket.frame(1, PING, { reserved: 4 }), 1002],
  ["an unknown opcode", (socket) => socket.frame(3, PING), 1002],
  ["a continuation of nothing", (socket) => socket.frame(0, PING), 1002],
  [
    "a ping that is too long",
    (socket) => socket.frame(9, "x".repeat(126)),
    1002,
  ],
  ["a fragmented ping", (socket) => socket.frame(9, "", { fin: false }), 1002],
  [
    "bad UTF-8",
    (socket) => socket.frame(1, new Uint8Array([0x22, 0xc3, 0x28, 0x22])),
    1007,
  ],
  [
    "bad UTF-8 in a close",
    (socket) => socket.frame(8, new Uint8Array([3, 232, 0xc3, 0x28])),
    1007,
  ],
  [
    "a close code that is none",
    (socket) => socket.frame(8, new Uint8Array([3, 237])),
    1002,
  ],
  ["a binary frame", (socket) => socket.frame(2, PING), 1003],
  ["20 bad frames", async (socket) => {
    for (let n = 0; n < 20; n++) await socket.send("{");
  }, 4000],
  ["1,000 bad frames", async (socket) => {
    for (let n = 0; n < 1000; n++) await socket.send("{").catch(() => {});
  }, 4000],
  ["deep JSON", (socket) => socket.send("[".repeat(30_000)), undefined],
  ["deep objects", (socket) => socket.send('{"a":'.repeat(10_000)), undefined],
  [
    "__proto__",
    (socket) =>
      socket.send(
        '{"type":"command","id":1,"command":"ping","__proto__":{"polluted":1}}',
      ),
    undefined,
  ],
  ["a close", (socket) => socket.frame(8, new Uint8Array([3, 232])), 1000],
];
for (const [what, send, closed] of FRAMES) {
  Deno.test(`frames: ${what} ${closed === undefined ? "is answered" : `closes ${closed}`}`, async () => {
    await using stage = await Stage.open();
    using socket = await RawSocket.open(stage.port, "/ws?access_token=all");
    assertEquals((await socket.json()).type, "welcome");
    await send(socket);
    if (closed === undefined) {
      assertEquals((await socket.json()).type, "result");
      await socket.send(PING);
      assertEquals((await socket.json()).ok, true);
    } else {
      assertEquals(await socket.closeCode(), closed);
    }
    assertEquals(
      (Object.prototype as { polluted?: number }).polluted,
      undefined,
    );
    // Others are served as before.
    using other = await RawSocket.open(stage.port, "/ws?access_token=all");
    assertEquals((await other.json()).type, "welcome");
  });
}

const HEADS: [what: string, head: (port: number) => string, status: number][] =
  [
    ["nothing", () => "", 408],
    [
      "half a head",
      (port) => `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`,
      408,
    ],
    ["half a handshake", (port) => upgradeHead(port, "/ws").slice(0, -2), 408],
    ["garbage", () => "\x16\x03\x01\x02\x00\r\n\r\n", 400],
    ["no Host", () => "GET / HTTP/1.1\r\n\r\n", 400],
    [
      "a head of 100 KB",
      () => `GET / HTTP/1.1\r\nX: ${"x".repeat(100_000)}`,
      431,
    ],
    [
      "10,000 headers",
      () => `GET / HTTP/1.1\r\n${"a: b\r\n".repeat(10_000)}`,
      431,
    ],
  ];
for (const [what, head, status] of HEADS) {
  Deno.test(`heads: ${what} is ${status}, and the connection ends in time`, async () => {
    await using stage = await Stage.open({ heads: { headMs: 500 } });
    using socket = await RawSocket.connect(stage.port);
    const from = performance.now();
    await socket.write(head(stage.port)).catch(() => {});
    const answer = await socket.rest();
    // What was not read makes a reset of the end, which may overtake the answer.
    if (answer !== "") {
      assertEquals(answer.split(" ")[1], `${status}`);
    } else assertEquals(status, 431);
    assert(performance.now() - from < 5000);
    assertEquals(
      (await fetch(`${stage.url}/healthz`).then((it) => it.json())).status,
      "ok",
    );
  });
}

Deno.test("heads: byte by byte is no way to stay", async () => {
  await using stage = await Stage.open({ heads: { headMs: 500 } });
  using socket = await RawSocket.connect(stage.port);
  let ended = false;
  const end = socket.rest().then(() => ended = true);
  for (let n = 0; n < 100 && !ended; n++) {
    await socket.write("G").catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await end;
});

Deno.test("a body that never comes is answered 408 or cut", async () => {
  await using stage = await Stage.open({
    heads: { headMs: 500, requestMs: 1000 },
  });
  using socket = await RawSocket.connect(stage.port);
  await socket.write(
    `POST /api/ping HTTP/1.1\r\nHost: 127.0.0.1:${stage.port}\r\nAuthorization: Bearer all\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
  );
  const answer = await socket.rest();
  assert(answer === "" || answer.startsWith("HTTP/1.1 4"), answer.slice(0, 80));
});

Deno.test("who leaves at once, in whatever state, leaves nothing", async () => {
  await using stage = await Stage.open();
  const { port } = stage;
  const before = stage.seats.taken;
  for (let round = 0; round < 125; round++) {
    await Promise.all([
      RawSocket.connect(port).then((socket) => socket[Symbol.dispose]()),
      RawSocket.connect(port).then(async (socket) => {
        await socket.write(upgradeHead(port, "/ws?access_token=all"));
        socket[Symbol.dispose]();
      }),
      RawSocket.open(port, "/ws").then((socket) => socket[Symbol.dispose]()),
      RawSocket.open(port, "/ws?access_token=all&consumer=c")
        .then((socket) => socket[Symbol.dispose]()),
    ]);
  }
  while (stage.front.connections > 0 || stage.seats.taken > before) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const metrics = await stage.metrics.text();
  assert(
    /tqq_connections\{kind="ws"\} 0/.test(metrics),
    "no connection is counted",
  );
  await stage.bridge.push();
});
