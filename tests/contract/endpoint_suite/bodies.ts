import { delay } from "@std/async";
import { assert, assertEquals } from "@std/assert";
import { RawSocket } from "../../support/raw_socket.ts";
import { satoriAccount } from "./dialect_rows.ts";
import { type EndpointRow, expected } from "./row.ts";
import { SuiteStage } from "./stage.ts";
import { ask, type Asked, headerOf, headOf } from "./client.ts";

/** Most bytes of a body. */
const BODY_BYTES = 65_536;

/** How long a body may take, in milliseconds. */
const BODY_MS = 10_000;

const encoder = new TextEncoder();

/** What requests with a body are answered. */
export function testBodies(rows: readonly EndpointRow[]): void {
  for (const row of rows) {
    if (row.body === undefined) continue;
    testTexts(row, row.body);
    testTransfers(row, row.body);
  }
}

/** A request with a body. */
function requestOf(
  { path }: NonNullable<EndpointRow["body"]>,
  body: string | Uint8Array | undefined,
  headers: Record<string, string | undefined> = {},
): Asked {
  return {
    method: "POST",
    path,
    headers: { Authorization: "Bearer all", ...satoriAccount(), ...headers },
    ...(body === undefined ? {} : { body }),
  };
}

function testTexts(
  row: EndpointRow,
  valid: NonNullable<EndpointRow["body"]>,
): void {
  const { name } = row;
  const otherType = expected(row, "bodyOfOtherType");
  const bodies: readonly (readonly [
    what: string,
    body: string | Uint8Array | undefined,
    status: number,
    /** Its Content-Type; "" for none. @default {"application/json"} */
    type?: string,
  ])[] = [
    ["no body", undefined, 200],
    ["64 KiB", valid.text.padEnd(BODY_BYTES), 200],
    ["a charset", valid.text, 200, "application/json; charset=utf-8"],
    ["a type in capitals", valid.text, 200, "Application/JSON"],
    ["another type", valid.text, otherType, "text/plain"],
    ["no type", valid.text, otherType, ""],
    ["a type that only begins so", valid.text, otherType, "application/jsonp"],
    ["text that is not JSON", "{", 400],
    ["a list", "[1]", 400],
    ["null", "null", 400],
    ["JSON nested too deep", `{"a":${"[".repeat(40)}${"]".repeat(40)}}`, 400],
    ["JSON nested 30,000 deep", "[".repeat(30_000), 400],
    ["bytes that are not UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), 400],
  ];
  for (const [what, body, status, type] of bodies) {
    Deno.test(`${name}: a body that is ${what} is ${status}`, async () => {
      await using stage = await SuiteStage.open();
      const headers = type === undefined
        ? {}
        : { "Content-Type": type === "" ? undefined : type };
      const answer = await ask(stage, requestOf(valid, body, headers));
      assertEquals(answer.status, status, JSON.stringify(answer.body));
      assertEquals(headerOf(answer.head, "cache-control"), "no-store");
      if (status !== 200) assertEquals(stage.bridge.ran, []);
    });
  }

  Deno.test(`${name}: PUT is 405`, async () => {
    await using stage = await SuiteStage.open();
    const answer = await ask(stage, {
      ...requestOf(valid, valid.text),
      method: "PUT",
    });
    assertEquals(answer.status, 405);
    assert(headerOf(answer.head, "allow")?.includes("POST"));
  });
}

type Transfer = readonly [
  what: string,
  headers: Record<string, string | undefined>,
  /** What is sent after the head. */
  sent: string,
  status: number,
];

/** One test for all that is refused before it is read, because of what comes after it. */
function testTransfers(
  row: EndpointRow,
  valid: NonNullable<EndpointRow["body"]>,
): void {
  const { name } = row;
  const tooLarge = expected(row, "bodyTooLarge");
  const tooSlow = expected(row, "bodyTooSlow");
  const size = BODY_BYTES + 1;
  const transfers: readonly Transfer[] = [
    [
      "says that it is too large",
      { "Content-Length": `${size}` },
      "",
      tooLarge,
    ],
    [
      "is too large without saying so",
      { "Transfer-Encoding": "chunked" },
      `${size.toString(16)}\r\n${"x".repeat(size)}\r\n`,
      tooLarge,
    ],
    [
      "comes without a token",
      { "Authorization": undefined, "Content-Length": "100" },
      "{",
      401,
    ],
    ["does not end", { "Content-Length": "100" }, "{", tooSlow],
  ];
  Deno.test(`${name}: a body that is too large is ${tooLarge}, one that is not whole within 10 s ${tooSlow}, and no refusal waits for a body`, async () => {
    await using stage = await SuiteStage.open();
    for (const [what, headers, sent, status] of transfers) {
      using socket = await open(stage, requestOf(valid, undefined, headers));
      // What is refused already cannot be sent to its end.
      await socket.write(sent).catch(() => {});
      let isOver = false;
      const answering = stage.drive(socket.head());
      answering.then(() => isOver = true);
      let passedMs = 0;
      const isSlow = what === "does not end";
      while (isSlow && !isOver && passedMs < 2 * BODY_MS) {
        await stage.pass(1000);
        passedMs += 1000;
      }
      assertEquals((await answering).status, status, what);
      assert(!isSlow || passedMs >= BODY_MS, `${passedMs} ms`);
    }
    await drained();
  });

  for (
    const [what, headers, piece] of [
      ["ends before its length", { "Content-Length": "100" }, "{"],
      ["has a broken chunk", { "Transfer-Encoding": "chunked" }, "zz\r\n{"],
    ] as const
  ) {
    Deno.test(`${name}: a body that ${what} runs nothing, and harms nobody`, async () => {
      await using stage = await SuiteStage.open();
      {
        using socket = await open(stage, requestOf(valid, undefined, headers));
        await socket.write(piece);
      }
      const answer = await ask(stage, requestOf(valid, valid.text));
      assertEquals(answer.status, 200);
      assert(stage.bridge.ran.length <= 1);
    });
  }
}

/**
 * @hono/node-server 2.1.9 reads 500 ms more of a body that was refused, with a
 * timer that nothing but the time ends.
 */
function drained(): Promise<void> {
  return delay(600);
}

/** Sends the head of a request whose body follows piece by piece. */
async function open(stage: SuiteStage, request: Asked): Promise<RawSocket> {
  const socket = await RawSocket.connect(stage.port);
  const head = headOf(stage.port, {
    ...request,
    headers: { "Content-Type": "application/json", ...request.headers },
  });
  await socket.write(encoder.encode(head));
  return socket;
}
