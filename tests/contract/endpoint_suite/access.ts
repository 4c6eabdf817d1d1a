import { assert, assertEquals } from "@std/assert";
import { ALLOWED_ORIGIN } from "../../support/front_fixture.ts";
import { RawSocket } from "../../support/raw_socket.ts";
import {
  type Carrier,
  type Client,
  type EndpointRow,
  enter,
  expected,
  type OpenOptions,
  type Refusal,
} from "./row.ts";
import { SuiteStage } from "./stage.ts";
import { ask, headerOf, headOf, HttpClient, upgrade } from "./client.ts";

const FAILURES = "tqq_auth_failures_total";

/** How late the first wrong token of an address is refused; each further one twice as late. */
const FIRST_DELAY_MS = 250;

/** Refusals of one address that wait at a time. */
const WAITING = 16;

/** How an attempt to open ended. */
function statusOf(
  opening: Promise<Client | Refusal>,
): Promise<number | "open"> {
  const ending = (async () => {
    const client = await opening;
    if ("refused" in client) return client.refused;
    await client[Symbol.asyncDispose]();
    return "open";
  })();
  // A test that fails before it waits for this fails for its own reason.
  ending.catch(() => {});
  return ending;
}

/** Opens with a token that is refused, and waits until the refusal is due. */
async function refuse(
  row: EndpointRow,
  stage: SuiteStage,
  options: OpenOptions,
): Promise<number | "open"> {
  const before = await stage.metric(FAILURES);
  const opening = statusOf(row.open(stage, options));
  let isOver = false;
  const over = () => void (isOver = true);
  opening.then(over, over);
  await stage.until(async () =>
    isOver || await stage.metric(FAILURES) > before
  );
  await stage.pass(FIRST_DELAY_MS);
  return await opening;
}

/** Which tokens open an endpoint, and how the others are refused. */
export function testAccess(rows: readonly EndpointRow[]): void {
  for (const row of rows) {
    if (row.path === undefined) continue;
    testTokens(row);
    testFailureDelay(row);
    testOrigins(row, row.path);
  }
  testSharedDelay(rows.filter(({ path }) => path !== undefined));
}

function testTokens(row: EndpointRow): void {
  const { name } = row;
  const carriers: readonly (Carrier | undefined)[] = row.name.includes("hello")
    ? [undefined]
    : row.greets
    ? [undefined, "bearer", "other scheme", "query"]
    : ["bearer", "other scheme", "query"];
  for (const carrier of carriers) {
    Deno.test(`${name}: a token in ${carrier ?? "the first frame"} opens`, async () => {
      await using stage = await SuiteStage.open();
      const options = carrier === undefined ? {} : { carrier };
      assertEquals(await statusOf(row.open(stage, options)), "open");
      assertEquals(await stage.metric(FAILURES), 0);
    });
  }

  for (
    const [what, expectation, options] of [
      ["a wrong token", "wrong", { token: "wrong" }],
      ["a revoked token", "wrong", { token: "past" }],
      ["the name of a property", "wrong", { token: "__proto__" }],
      ["a header without a scheme", "malformed", { carrier: "no scheme" }],
    ] as const
  ) {
    if (expectation === "malformed" && row.name.includes("hello")) continue;
    const code = expected(row, expectation);
    Deno.test(`${name}: ${what} is refused with ${code}, and counted`, async () => {
      await using stage = await SuiteStage.open();
      assertEquals(await refuse(row, stage, options), code);
      assertEquals(await stage.metric(FAILURES), 1);
      assertEquals(stage.bridge.ran, []);
    });
  }

  const missing = expected(row, "missing");
  Deno.test(`${name}: no token ends as ${missing}`, async () => {
    await using stage = await SuiteStage.open({ limits: { helloMs: 1000 } });
    if (missing === 4001) {
      const opening = statusOf(row.open(stage, { token: null }));
      await stage.until(() => stage.sockets === 1);
      await stage.pass(1000);
      assertEquals(await opening, missing);
    } else assertEquals(await refuse(row, stage, { token: null }), missing);
    assertEquals(stage.bridge.ran, []);
  });

  const unread = row.hasEvents ? expected(row, "unread") : "open";
  if (unread !== "open") {
    Deno.test(`${name}: a token without the scope read is refused with ${unread}`, async () => {
      await using stage = await SuiteStage.open();
      assertEquals(await refuse(row, stage, { token: "none" }), unread);
    });
  }

  const other = expected(row, "otherAccount");
  if (other !== "none") {
    Deno.test(`${name}: an account outside the token is refused with ${other}`, async () => {
      await using stage = await SuiteStage.open();
      for (const account of ["10002", "10009"]) {
        const options = { token: "one", account };
        assertEquals(await statusOf(row.open(stage, options)), other);
      }
    });
  }

  const tooMany = expected(row, "tooManyConnections");
  if (row.kind !== "http") {
    Deno.test(`${name}: a connection more than its token may have is refused with ${tooMany}, until one leaves`, async () => {
      await using stage = await SuiteStage.open({ seats: { token: 1 } });
      const first = await enter(row, stage);
      const second = await row.open(stage);
      assert("refused" in second);
      assertEquals(second.refused, tooMany);
      if (tooMany === 429) assertEquals(second.retryAfter, "10");
      assertEquals(await statusOf(row.open(stage, { token: "one" })), "open");
      await first.leave();
      await stage.until(async () => await statusOf(row.open(stage)) === "open");
    });
  }

  const revoked = expected(row, "revoked");
  Deno.test(`${name}: a token that is revoked ends what it opened`, async () => {
    await using stage = await SuiteStage.open();
    await using client = await enter(row, stage);
    stage.revoke("all");
    if (client instanceof HttpClient) {
      assertEquals(await refuse(row, stage, {}), expected(row, "wrong"));
      return;
    }
    await stage.pass(5000);
    assertEquals(await client.end(), revoked);
  });
}

function testFailureDelay(row: EndpointRow): void {
  const { name } = row;
  Deno.test(`${name}: a wrong token is refused after 250 ms, and a right one waits for nobody`, async () => {
    await using stage = await SuiteStage.open();
    let ended: number | "open" | undefined;
    const opening = statusOf(row.open(stage, { token: "wrong" }))
      .then((status) => ended = status);
    await stage.until(async () => await stage.metric(FAILURES) === 1);
    await stage.pass(FIRST_DELAY_MS - 1);
    assertEquals(await statusOf(row.open(stage)), "open");
    assertEquals(ended, undefined);
    await stage.pass(1);
    assertEquals(await opening, expected(row, "wrong"));
  });

  const tooMany = expected(row, "tooManyWrong");
  Deno.test(`${name}: one wrong token more than may wait is refused with ${tooMany} at once`, async () => {
    await using stage = await SuiteStage.open();
    const openings = Array.from(
      { length: WAITING },
      () => statusOf(row.open(stage, { token: "wrong" })),
    );
    await stage.until(async () => await stage.metric(FAILURES) === WAITING);
    const refused = await row.open(stage, { token: "wrong" });
    assert("refused" in refused);
    assertEquals(refused.refused, tooMany);
    if (tooMany === 429) assertEquals(refused.retryAfter, "5");
    assertEquals(await statusOf(row.open(stage)), "open");
    await stage.pass(5000);
    assertEquals(
      await Promise.all(openings),
      Array(WAITING).fill(expected(row, "wrong")),
    );
  });
}

/** A client cannot guess faster by asking one endpoint after the other. */
function testSharedDelay(rows: readonly EndpointRow[]): void {
  Deno.test("wrong tokens at different endpoints are delayed as one", async () => {
    await using stage = await SuiteStage.open();
    let delayMs = FIRST_DELAY_MS;
    for (const row of rows) {
      const before = await stage.metric(FAILURES);
      let ended: number | "open" | undefined;
      const opening = statusOf(row.open(stage, { token: "wrong" }))
        .then((status) => ended = status);
      await stage.until(async () => await stage.metric(FAILURES) > before);
      await stage.pass(delayMs - 1);
      assertEquals(ended, undefined, row.name);
      await stage.pass(1);
      assertEquals(await opening, expected(row, "wrong"), row.name);
      delayMs = Math.min(5000, 2 * delayMs);
    }
    assertEquals(delayMs, 5000);
  });
}

const ORIGINS: readonly (readonly [
  what: string,
  headers: (port: number) => Record<string, string>,
  isForbidden: boolean,
])[] = [
  ["a foreign Host", () => ({ Host: "evil.example" }), true],
  ["a Host of another port", () => ({ Host: "127.0.0.1:1" }), true],
  ["a foreign Origin", () => ({ Origin: "https://evil.example" }), true],
  ["the Origin null", () => ({ Origin: "null" }), true],
  ["the allowed Origin", () => ({ Origin: ALLOWED_ORIGIN }), false],
  [
    "its own Origin",
    (port) => ({ Origin: `http://127.0.0.1:${port}` }),
    false,
  ],
  [
    "another name of this machine",
    (port) => ({ Host: `localhost:${port}` }),
    false,
  ],
];

function testOrigins(row: EndpointRow, path: string): void {
  const { name, kind } = row;
  if (row.name.includes("hello")) return;
  for (const [what, headersOf, isForbidden] of ORIGINS) {
    Deno.test(`${name}: ${what} is ${isForbidden ? "403, before its token is read" : "taken"}`, async () => {
      await using stage = await SuiteStage.open();
      const headers = {
        ...headersOf(stage.port),
        Authorization: `Bearer ${isForbidden ? "wrong" : "all"}`,
      };
      if (kind === "socket") {
        const socket = await upgrade(stage, path, headers);
        assertEquals("refused" in socket, isForbidden);
        if ("refused" in socket) assertEquals(socket.refused, 403);
        else socket[Symbol.dispose]();
      }
      if (kind !== "socket" || isForbidden) {
        const method = kind === "http" ? "POST" : "GET";
        const request = { method, path, headers };
        using socket = await RawSocket.connect(stage.port);
        await socket.write(headOf(stage.port, request));
        const { status } = await stage.drive(socket.head());
        if (isForbidden) assertEquals(status, 403);
        else assert([200, 400].includes(status), `${status}`);
      }
      assertEquals(await stage.metric(FAILURES), 0);
    });
  }

  if (kind !== "socket") return;
  Deno.test(`${name}: a subprotocol that it does not have is 400, plain HTTP 426`, async () => {
    await using stage = await SuiteStage.open();
    const headers = { Authorization: "Bearer all" };
    const socket = await upgrade(stage, path, {
      ...headers,
      "Sec-WebSocket-Protocol": "other",
    });
    assert("refused" in socket);
    assertEquals(socket.refused, 400);
    const answer = await ask(stage, { path, headers });
    assertEquals(answer.status, 426);
    assertEquals(headerOf(answer.head, "upgrade"), "websocket");
  });
}
