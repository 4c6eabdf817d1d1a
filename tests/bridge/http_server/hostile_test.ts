import { delay } from "@std/async";
import { assert, assertEquals } from "@std/assert";
import { Stage } from "../../support/front_fixture.ts";
import { stopwatch } from "../../support/process_figures.ts";
import { RawSocket, upgradeHead } from "../../support/raw_socket.ts";

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
    const elapsed = stopwatch();
    await socket.write(head(stage.port)).catch(() => {});
    const answer = await socket.rest();
    // What was not read makes a reset of the end, which may overtake the answer.
    if (answer !== "") {
      assertEquals(answer.split(" ")[1], `${status}`);
    } else assertEquals(status, 431);
    assert(elapsed() < 5000);
    assertEquals(
      (await fetch(`${stage.url}/healthz`).then((it) => it.json())).status,
      "ok",
    );
  });
}

Deno.test("heads: one that arrives byte by byte is cut in time", async () => {
  await using stage = await Stage.open({ heads: { headMs: 500 } });
  using socket = await RawSocket.connect(stage.port);
  let ended = false;
  const end = socket.rest().then(() => ended = true);
  for (let n = 0; n < 100 && !ended; n++) {
    await socket.write("G").catch(() => {});
    await delay(50);
  }
  await end;
});

Deno.test("bodies: one that never arrives is answered with 408 or cut", async () => {
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

Deno.test("connections: a client that disconnects in any state leaves nothing behind", async () => {
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
    await delay(20);
  }
  const metrics = await stage.metrics.text();
  assert(
    /tqq_connections\{kind="ws"\} 0/.test(metrics),
    "no connection is counted",
  );
  await stage.bridge.push();
});
