import { assertEquals } from "@std/assert";
import {
  INVALID_REQUEST_LIMITS,
  InvalidRequests,
  isInvalidRequest,
} from "../../../bridge/http_server/invalid_requests.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { Stage } from "../../support/front_fixture.ts";
import { RawSocket, upgradeHead } from "../../support/raw_socket.ts";

const { most, windowMs, refusedMs, addresses } = INVALID_REQUEST_LIMITS;
const OFFENDER = "127.0.0.2";

Deno.test("an address that sends invalid requests is refused for a time, and no other", async () => {
  const clock = new FakeClock();
  const invalid = new InvalidRequests(clock);
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
  assertEquals(invalid.addresses, addresses);
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
    [
      "no frames in a WebSocket with a token",
      (port) => upgradeHead(port, "/ws?access_token=all"),
      "\x7f\x7f\x7f\x7f",
    ],
  ];
for (const [what, head, body] of GARBAGE) {
  Deno.test(`an address that sends ${what} is answered no more, and others are`, async () => {
    const clock = new FakeClock();
    const invalidRequests = new InvalidRequests(clock);
    await using stage = await Stage.open({ invalidRequests });
    const { port } = stage;
    for (let nth = 0; nth < most; nth++) {
      using socket = await RawSocket.connectFrom(OFFENDER, port);
      const first = head(port);
      if (first !== "") {
        await socket.write(first);
        assertEquals((await socket.head()).status, 101);
      }
      await socket.write(body);
      await socket.rest();
    }
    const answers = async (open: Promise<RawSocket>) => {
      using socket = await open;
      await socket.write(
        `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
      ).catch(() => {});
      return (await socket.rest()).split(" ")[1];
    };
    assertEquals(
      await answers(RawSocket.connectFrom(OFFENDER, port)),
      undefined,
    );
    assertEquals(await answers(RawSocket.connect(port)), "200");
    await clock.advance(refusedMs);
    assertEquals(await answers(RawSocket.connectFrom(OFFENDER, port)), "200");
  });
}
