import { assertEquals } from "@std/assert";
import { Socket } from "node:net";
import {
  HELD_LIMITS,
  HeldConnections,
} from "../../../bridge/http_server/held_connections.ts";
import {
  isInvalidRequest,
  REFUSED_ADDRESS_LIMITS,
  RefusedAddresses,
} from "../../../bridge/http_server/refused_addresses.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { Stage } from "../../support/front_fixture.ts";
import { until } from "../../support/nats_stage.ts";
import { RawSocket, upgradeHead } from "../../support/raw_socket.ts";

const { most, windowMs, refusedMs, maxRefusedMs, forgottenMs, addresses } =
  REFUSED_ADDRESS_LIMITS;
const OFFENDER = "127.0.0.2";

Deno.test("an address that sends invalid requests is refused for a time, and no other", async () => {
  const clock = new FakeClock();
  const invalid = new RefusedAddresses(clock);
  const send = (count: number, address: string) => {
    for (let nth = 0; nth < count; nth++) invalid.add(address);
    return invalid.isRefused(address);
  };
  assertEquals(send(most - 1, "10.0.0.1"), false);
  await clock.advance(windowMs);
  assertEquals(send(most - 1, "10.0.0.1"), false);
  assertEquals(send(1, "10.0.0.1"), true);
  assertEquals(invalid.isRefused("10.0.0.2"), false);
  assertEquals(send(most, "2001:db8::1"), true);
  assertEquals(invalid.isRefused("2001:db8::ffff"), true);
  await clock.advance(refusedMs - 1);
  assertEquals(invalid.isRefused("10.0.0.1"), true);
  await clock.advance(1);
  assertEquals(invalid.isRefused("10.0.0.1"), false);
  for (const shared of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) {
    assertEquals(send(most, shared), false);
  }
  for (let nth = 0; nth < addresses + 5; nth++) invalid.add(`a${nth}`);
  assertEquals(invalid.size, addresses);
});

Deno.test("an address is refused for twice as long each time, until it has sent nothing invalid for long", async () => {
  const clock = new FakeClock();
  const invalid = new RefusedAddresses(clock);
  const refusedFor = async () => {
    for (let nth = 0; nth < most; nth++) invalid.add("10.0.0.1");
    const since = clock.now();
    while (invalid.isRefused("10.0.0.1")) await clock.advance(refusedMs / 2);
    return clock.now() - since;
  };
  const times: number[] = [];
  for (let nth = 0; nth < 7; nth++) times.push(await refusedFor());
  assertEquals(
    times.map((ms) => ms / refusedMs),
    [1, 2, 4, 8, 16, maxRefusedMs / refusedMs, maxRefusedMs / refusedMs],
  );
  await clock.advance(forgottenMs);
  assertEquals(await refusedFor(), refusedMs);
});

Deno.test("HeldConnections: each ends after its time, and one beyond the limit at once", async () => {
  const clock = new FakeClock();
  const held = new HeldConnections(clock);
  const { heldMs, connections } = HELD_LIMITS;
  const hold = () => {
    const socket = new Socket();
    held.hold(socket);
    return socket;
  };
  const sockets = Array.from({ length: connections }, hold);
  assertEquals(hold().destroyed, true);
  assertEquals(held.has(sockets[0]!), true);
  await clock.advance(heldMs - 1);
  assertEquals(sockets.some(({ destroyed }) => destroyed), false);
  await clock.advance(1);
  assertEquals(sockets.every(({ destroyed }) => destroyed), true);
  await until(() => held.size === 0);
  assertEquals(clock.pending, 0);
});

Deno.test("what is only too long is no invalid request", () => {
  const isInvalid = (code: string) =>
    isInvalidRequest(Object.assign(new Error(), { code }));
  assertEquals(
    [
      "HPE_INVALID_METHOD",
      "WS_ERR_EXPECTED_MASK",
      "WS_ERR_INVALID_OPCODE",
      "WS_ERR_UNEXPECTED_RSV_1",
    ].map(isInvalid),
    [true, true, true, true],
  );
  assertEquals(
    [
      "HPE_HEADER_OVERFLOW",
      "HPE_CHUNK_EXTENSIONS_OVERFLOW",
      "ERR_HTTP_REQUEST_TIMEOUT",
      "ECONNRESET",
      "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
      "WS_ERR_TOO_MANY_BUFFERED_PARTS",
      "",
    ].map(isInvalid),
    Array(7).fill(false),
  );
});

const GARBAGE: [what: string, head: (port: number) => string, body: string][] =
  [
    ["no HTTP", () => "", "\x16\x03\x01\x02\x00\r\n\r\n"],
    ["heads that do not end", () => "", "GET / HTTP/1.1\r\nHost:"],
    [
      "no frames in a WebSocket with a token",
      (port) => upgradeHead(port, "/ws?access_token=all"),
      "\x7f\x7f\x7f\x7f",
    ],
  ];
for (const [what, head, body] of GARBAGE) {
  Deno.test(`an address that sends ${what} is answered no more, and others are`, async () => {
    const clock = new FakeClock();
    const refusedAddresses = new RefusedAddresses(clock);
    await using stage = await Stage.open({
      refusedAddresses,
      heads: { headMs: 500 },
    });
    const { port } = stage;
    await Promise.all(Array.from({ length: most }, async () => {
      using socket = await RawSocket.connectFrom(OFFENDER, port);
      const first = head(port);
      if (first !== "") {
        await socket.write(first);
        assertEquals((await socket.head()).status, 101);
      }
      await socket.write(body);
      await socket.rest();
    }));
    const ask = (socket: RawSocket) =>
      socket.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    const status = async (open: Promise<RawSocket>) => {
      using socket = await open;
      await ask(socket);
      return (await socket.head()).status;
    };
    using held = await RawSocket.connectFrom(OFFENDER, port);
    await ask(held);
    let answered = 0;
    const answer = held.rest().then((text) => answered = text.length);
    assertEquals(await status(RawSocket.connect(port)), 200);
    await clock.advance(refusedMs);
    assertEquals(await status(RawSocket.connectFrom(OFFENDER, port)), 200);
    await stage.front.close();
    await answer;
    assertEquals(answered, 0);
  });
}
