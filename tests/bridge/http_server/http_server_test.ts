import { assert, assertEquals, assertMatch } from "@std/assert";
import { Stage, type StageOptions } from "../../support/front_fixture.ts";
import { stopwatch } from "../../support/process_figures.ts";
import { RawSocket, upgradeHead } from "../../support/raw_socket.ts";
import { TLS } from "../../support/tls.ts";

/** Asks for a WebSocket, and gives the answer's status, head and problem code. */
async function ask(
  { port }: Stage,
  path: string,
  headers: Record<string, string | undefined> = {},
): Promise<{ status: number; head: string; code?: string }> {
  using socket = await RawSocket.connect(port);
  await socket.write(upgradeHead(port, path, headers));
  const { status, head } = await socket.head();
  if (status === 101) return { status, head };
  const body = await socket.rest();
  return {
    status,
    head,
    code: body === "" ? undefined : JSON.parse(body).code,
  };
}

type Headers = Record<string, string | undefined>;
const HANDSHAKES: [
  what: string,
  path: string,
  headers: Headers,
  status: number,
  code?: string,
][] = [
  ["no token waits for hello", "/ws", {}, 101],
  [
    "a wrong token in the header",
    "/ws?access_token=all",
    { Authorization: "Bearer no" },
    401,
    "unauthorized",
  ],
  ["no Host", "/ws", { Host: undefined }, 400],
  ["a Host that is none", "/ws", { Host: "a/../b" }, 400],
  [
    "a foreign Origin by its older name",
    "/ws",
    {
      "Sec-WebSocket-Version": "8",
      "Sec-WebSocket-Origin": "https://evil.example",
    },
    403,
    "forbidden",
  ],
  ["the subprotocol", "/ws", { "Sec-WebSocket-Protocol": "tqq.v1" }, 101],
  [
    "the subprotocol among others",
    "/ws",
    { "Sec-WebSocket-Protocol": "other, tqq.v1" },
    101,
  ],
  [
    "an invalid position",
    "/ws?access_token=all&after=x",
    {},
    400,
    "bad_params",
  ],
  [
    "invalid accounts",
    "/ws?access_token=all&accounts=x",
    {},
    400,
    "bad_params",
  ],
  [
    "an unknown event",
    "/ws?access_token=all&events=x",
    {},
    400,
    "bad_params",
  ],
  [
    "an invalid consumer",
    "/ws?access_token=all&consumer=a/b",
    {},
    400,
    "bad_params",
  ],
  [
    "an account outside the token",
    "/ws?access_token=one&accounts=10002",
    {},
    404,
    "unknown_account",
  ],
  ["another path", "/elsewhere", {}, 404, "not_found"],
];
const BASED_HANDSHAKES = ["", "/tqq"].flatMap((basePath) =>
  HANDSHAKES.map((row) => [basePath, ...row] as const)
);
for (const [basePath, what, path, headers, status, code] of BASED_HANDSHAKES) {
  const place = basePath === "" ? "" : ` under ${basePath}`;
  Deno.test(`handshake: ${what} is ${status}${place}`, async () => {
    await using stage = await Stage.open({ basePath });
    const answer = await ask(stage, `${basePath}${path}`, headers);
    assertEquals(answer.status, status);
    if (code !== undefined) assertEquals(answer.code, code);
    const offered = headers["Sec-WebSocket-Protocol"];
    if (status !== 101) return;
    const chosen = /^sec-websocket-protocol: (.*)$/im.exec(answer.head)?.[1];
    assertEquals(chosen, offered === undefined ? undefined : "tqq.v1");
  });
}

Deno.test("handshake: own Origin, no key, another version, no compression", async () => {
  await using stage = await Stage.open();
  assertEquals((await ask(stage, "/ws", { Origin: stage.url })).status, 101);
  for (
    const headers of [
      { "Sec-WebSocket-Key": undefined },
      { "Sec-WebSocket-Key": "short" },
      { "Sec-WebSocket-Version": "7" },
    ]
  ) {
    using socket = await RawSocket.connect(stage.port);
    await socket.write(upgradeHead(stage.port, "/ws", headers));
    assertEquals((await socket.head()).status, 400);
  }
  const { status, head } = await ask(stage, "/ws", {
    "Sec-WebSocket-Extensions": "permessage-deflate",
  });
  assertEquals(status, 101);
  assert(!/extensions/i.test(head));
});

Deno.test("requests: without an upgrade /ws answers 426, and the app answers the rest", async () => {
  await using stage = await Stage.open();
  for (
    const [path, status] of [["/ws", 426], ["/healthz", 200], [
      "/x",
      404,
    ]] as const
  ) {
    const response = await fetch(`${stage.url}${path}`);
    await response.body?.cancel();
    assertEquals([path, response.status], [path, status]);
  }
});

Deno.test("requests: an offer of HTTP/2 by Upgrade is answered in HTTP/1.1; CONNECT is not answered", async () => {
  await using stage = await Stage.open();
  using socket = await RawSocket.connect(stage.port);
  await socket.write(
    `POST /api/ping HTTP/1.1\r\nHost: 127.0.0.1:${stage.port}\r\nAuthorization: Bearer all\r\n` +
      "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n" +
      "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
  );
  assertEquals((await socket.head()).status, 200);
  using tunnel = await RawSocket.connect(stage.port);
  await tunnel.write("CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n");
  const { status } = await tunnel.head();
  assert(status === 0 || status >= 400, `${status}`);
  assertEquals(
    (await fetch(`${stage.url}/healthz`).then((it) => it.json())).status,
    "ok",
  );
});

Deno.test("handshake: a frame that arrives with it is not lost", async () => {
  await using stage = await Stage.open();
  using socket = await RawSocket.connect(stage.port);
  const hello = '{"type":"hello","token":"all"}';
  const mask = "\0\0\0\0";
  const head = new Uint8Array([0x81, 0x80 | hello.length]);
  await socket.write(
    new Uint8Array([
      ...new TextEncoder().encode(upgradeHead(stage.port, "/ws")),
      ...head,
      ...new TextEncoder().encode(mask + hello),
    ]),
  );
  assertEquals((await socket.head()).status, 101);
  assertEquals((await socket.json()).type, "welcome");
});

Deno.test("HttpServer.close(): uses 1001 when the server shuts down for good", async () => {
  await using stage = await Stage.open();
  using socket = await RawSocket.open(stage.port, "/ws?access_token=all");
  await socket.json();
  const closing = stage.front.close(1001, "shutting down");
  assertEquals(await socket.closeCode(), 1001);
  await closing;
});

const LIMITS: [
  limit: string,
  seats: NonNullable<StageOptions["seats"]>,
  status: number,
  code: string,
][] = [
  ["in all", { all: 2 }, 503, "unavailable"],
  ["of an address", { address: 2 }, 429, "overloaded"],
  ["of a token", { token: 2 }, 429, "overloaded"],
];
for (const [limit, seats, status, code] of LIMITS) {
  Deno.test(`connections ${limit}: one too many is ${status}, until one closes`, async () => {
    await using stage = await Stage.open({ seats });
    const { port } = stage;
    const open = () => RawSocket.open(port, "/ws?access_token=all");
    const first = await open();
    await first.json();
    const stream = await fetch(`${stage.url}/events?access_token=all`);
    assertEquals(stream.status, 200);
    const answer = await ask(stage, "/ws?access_token=all");
    assertEquals([answer.status, answer.code], [status, code]);
    assertMatch(answer.head, /^retry-after: \d+$/im);
    const late = await fetch(`${stage.url}/events?access_token=all`);
    await late.body?.cancel();
    assertEquals(late.status, 429);
    first[Symbol.dispose]();
    await stage.leaves(1);
    using second = await open();
    await second.json();
    await stream.body!.cancel();
  });
}

Deno.test("addresses: behind a proxy the last forwarded address counts; otherwise the header is ignored", async () => {
  for (const behindProxy of [true, false]) {
    await using stage = await Stage.open({
      behindProxy,
      seats: { address: 1 },
    });
    const open = (forwarded: string) =>
      ask(stage, "/ws", { "X-Forwarded-For": forwarded });
    using _socket = await RawSocket.open(stage.port, "/ws", {
      "X-Forwarded-For": "192.0.2.1, 198.51.100.7",
    });
    assertEquals((await open("192.0.2.2, 198.51.100.7")).status, 429);
    assertEquals(
      (await open("198.51.100.7, 192.0.2.1")).status,
      behindProxy ? 101 : 429,
    );
  }
});

Deno.test("HttpServer.close(): closes WebSockets with 1012, ends streams, and cuts clients that do not read", async () => {
  await using stage = await Stage.open();
  using reader = await RawSocket.open(stage.port, "/ws?access_token=all");
  await reader.json();
  using sleeper = await RawSocket.open(stage.port, "/ws?access_token=all");
  using half = await RawSocket.connect(stage.port);
  await half.write("GET / HTTP/1.1\r\n");
  const stream = await fetch(`${stage.url}/events?access_token=all`);
  const elapsed = stopwatch();
  const closing = stage.close();
  assertEquals(
    await reader.next().then((frame) => frame?.payload.slice(0, 2)),
    new Uint8Array([3, 244]),
  );
  await reader.frame(8, new Uint8Array([3, 244]));
  await stream.text();
  await closing;
  assert(elapsed() < 4000);
  assertEquals(stage.left.sort(), [1006, 1012]);
  assertEquals(await sleeper.closeCode(), 1012);
});

Deno.test("a node that is cut off answers 503, health checks aside, and ends its connections", async () => {
  let isServing = true;
  await using stage = await Stage.open({ isServing: () => isServing });
  using reader = await RawSocket.open(stage.port, "/ws?access_token=all");
  const stream = await fetch(`${stage.url}/events?access_token=all`);
  isServing = false;
  assertEquals(await reader.closeCode(), 1012);
  await stream.text();
  const asked = await ask(stage, "/ws?access_token=all");
  assertEquals([asked.status, asked.code], [503, "unavailable"]);
  const api = await fetch(`${stage.url}/api/ping`, { method: "POST" });
  assertEquals([api.status, api.headers.get("retry-after")], [503, "10"]);
  await api.body?.cancel();
  const health = await fetch(`${stage.url}/healthz`);
  assertEquals([health.status, await health.json()], [200, { status: "ok" }]);
  isServing = true;
  using again = await RawSocket.open(stage.port, "/ws?access_token=all");
  assertEquals((await again.json()).type, "welcome");
});

Deno.test("TLS: requests and WebSockets work", async () => {
  await using stage = await Stage.open({ tls: TLS });
  using client = Deno.createHttpClient({ caCerts: [TLS.ca] });
  const response = await fetch(`https://127.0.0.1:${stage.port}/healthz`, {
    client,
  });
  assertEquals(await response.json(), { status: "ok" });
  const socket = new WebSocket(
    `wss://127.0.0.1:${stage.port}/ws?access_token=all`,
    {
      client,
    },
  );
  const first = await new Promise<string>((resolve, reject) => {
    socket.onmessage = ({ data }) => resolve(data);
    socket.onerror = reject;
  });
  assertEquals(JSON.parse(first).type, "welcome");
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
});
