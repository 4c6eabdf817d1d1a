import { delay } from "@std/async";
import { assert, assertEquals } from "@std/assert";
import { EventReader } from "../../support/event_reader.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { Stage, type StageOptions } from "../../support/front_fixture.ts";
import { stopwatch } from "../../support/process_figures.ts";
import { RawSocket } from "../../support/raw_socket.ts";
import { nextTurn } from "../../../lib/turn.ts";
import { TLS } from "../../support/tls.ts";

/** Lets the sockets have their turn until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(5);
}

async function askForEvents(port: number, query = ""): Promise<RawSocket> {
  const socket = await RawSocket.connect(port);
  await socket.write(
    `GET /events${query} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer all\r\n\r\n`,
  );
  const { status } = await socket.head();
  assertEquals(status, 200);
  return socket;
}

Deno.test("event streams: a stalled reader is cut, and others go on", async () => {
  const appClock = new FakeClock();
  await using stage = await Stage.open({ appClock });
  using still = await askForEvents(stage.port);
  const response = await fetch(`${stage.url}/events?access_token=all`);
  const reader = new EventReader(response);
  await reader.next();
  const timers = appClock.pending;
  const text = "字".repeat(2000);
  let pushed = 0;
  // Past what the system holds for a connection, a full buffer is waited for.
  while (appClock.pending === timers) {
    await stage.bridge.push("10001", "message", { from: "10002", text });
    assertEquals((await reader.next())?.id, `k3f9:${++pushed}`);
    assert(pushed < 5000, "the still one is sent all");
  }
  await appClock.advance(29_999);
  assertEquals(stage.seats.taken, 2);
  await appClock.advance(1);
  await until(() => stage.seats.taken === 1);
  const received = await still.rest();
  assert(received.split("\ndata:").length - 1 < pushed);
  await stage.bridge.push();
  while ((await reader.next())?.id !== `k3f9:${pushed + 1}`);
  await reader.cancel();
});

Deno.test("event streams: end at once when the reader disconnects", async () => {
  await using stage = await Stage.open();
  const socket = await askForEvents(stage.port);
  await until(() => stage.seats.taken === 1);
  socket[Symbol.dispose]();
  await until(() => stage.seats.taken === 0);
  assert(/tqq_connections\{kind="sse"\} 0/.test(await stage.metrics.text()));
});

Deno.test("event streams: events are written together, not one in each turn of the event loop", async () => {
  const EVENTS = 2000;
  await using stage = await Stage.open();
  for (let n = 0; n < EVENTS; n++) {
    await stage.bridge.push("10001", "message", {
      from: "10002",
      text: `${n}`,
    });
  }
  using socket = await askForEvents(stage.port, "?after=k3f9:0");
  let turns = 0;
  let isCounting = true;
  const count = () => {
    turns++;
    if (isCounting) nextTurn(count);
  };
  nextTurn(count);
  // The events are at least so long.
  for (let n = 0; n < EVENTS; n += 100) await socket.text(100 * 150);
  isCounting = false;
  assert(turns < EVENTS / 2, `${turns} turns`);
});

Deno.test("TLS: a client that does not speak TLS is disconnected, and others are served", async () => {
  await using stage = await Stage.open({ tls: TLS, heads: { headMs: 500 } });
  for (const text of ["GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01", ""]) {
    using socket = await RawSocket.connect(stage.port);
    await socket.write(text);
    await socket.rest();
  }
  using client = Deno.createHttpClient({ caCerts: [TLS.ca] });
  const response = await fetch(`https://127.0.0.1:${stage.port}/healthz`, {
    client,
  });
  assertEquals(await response.json(), { status: "ok" });
});

const TCP_LIMITS: [what: string, options: StageOptions, most: number][] = [
  ["in all", { heads: { connections: 3 } }, 3],
  ["of an address", { heads: { addressConnections: 3 } }, 3],
  [
    "of an address, but not of a proxy",
    { behindProxy: true, heads: { addressConnections: 1, connections: 4 } },
    4,
  ],
];
for (const [what, options, most] of TCP_LIMITS) {
  Deno.test(`TCP connections: limited ${what}`, async () => {
    await using stage = await Stage.open(options);
    const { port } = stage;
    const kept: RawSocket[] = [];
    for (let n = 0; n < most; n++) {
      kept.push(await RawSocket.open(port, "/ws"));
    }
    using one = await RawSocket.connect(port);
    await one.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").catch(() => {});
    assertEquals(await one.rest(), "");
    for (const socket of kept) socket[Symbol.dispose]();
    await stage.leaves(most);
    using again = await RawSocket.open(port, "/ws?access_token=all");
    assertEquals((await again.json()).type, "welcome");
  });
}

Deno.test("TCP connections: limited under TLS too", async () => {
  const heads = { addressConnections: 1, headMs: 5000 };
  await using stage = await Stage.open({ tls: TLS, heads });
  using _first = await RawSocket.connect(stage.port);
  using second = await RawSocket.connect(stage.port);
  const elapsed = stopwatch();
  assertEquals(await second.rest(), "");
  assert(elapsed() < 3000);
});
