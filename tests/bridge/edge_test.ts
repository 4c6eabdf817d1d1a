import { delay } from "@std/async";
import { openJournal } from "../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../bridge/journal/sqlite/sqlite_journal.ts";
import { createMetrics } from "../../bridge/metrics.ts";
import { createBridge, type EdgeOptions } from "../../bridge/mod.ts";
import { addDemo, createServer } from "../../lib/server/mod.ts";
import { DEFAULT_LIMITS, FetchTransport, md5Hex } from "../../mod.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Program } from "../support/program.ts";
import { loadedWith, moduleGraph } from "../support/module_graph.ts";

const root = new URL("../../", import.meta.url);
const TOKEN = "a-token-of-the-tests";

/** An edge of an embedded server, behind Deno.serve. */
async function startEdge(options: Partial<EdgeOptions> = {}) {
  const server = createServer({ sendGapMs: 0, penaltyMs: 0 });
  await addDemo(server);
  const bridge = createBridge({
    accounts: [{ uin: "10001", password: "demo" }],
    endpoint: server.answer,
    token: TOKEN,
    ...options,
  });
  const listening = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    bridge.fetch,
  );
  const { port } = listening.addr;
  return {
    bridge,
    server,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await bridge.stop();
      await listening.shutdown();
      await server.close();
    },
  };
}

/** Waits until the bridge itself says that its account is online. */
async function online(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/api/accounts`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const { accounts } = await response.json();
    if (accounts[0].state === "online") return;
    await delay(20);
  }
}

async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
}

Deno.test("edge: the metrics show each kind of endpoint before its first connection", async () => {
  await using edge = await startEdge({ metrics: createMetrics() });
  const response = await fetch(`${edge.url}/metrics`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const lines = (await response.text()).split("\n")
    .filter((line) => line.startsWith("tqq_connections{"));
  assertEquals(lines, [
    'tqq_connections{kind="ws"} 0',
    'tqq_connections{kind="satori"} 0',
  ]);
});

Deno.test("edge: /openapi.json has /metrics only where there are metrics, and no /logs", async () => {
  for (const metrics of [undefined, createMetrics()]) {
    await using edge = await startEdge(metrics && { metrics });
    const response = await fetch(`${edge.url}/openapi.json`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const { paths } = await response.json();
    const named = ["/healthz", "/metrics", "/logs"].filter((path) =>
      paths[path] !== undefined
    );
    assertEquals(
      named,
      metrics === undefined ? ["/healthz"] : ["/healthz", "/metrics"],
    );
  }
});

Deno.test("edge: a journal of the caller's own is used, kept to its retention, and left open", async () => {
  const journal = new SqliteJournal(openJournal(":memory:"));
  const data = { from: "10000", text: "old" };
  await journal.append({
    events: [{ account: "10001", at: Date.now(), event: "message", data }],
  });
  await using edge = await startEdge({ journal, retention: { bytes: 1 } });
  const response = await fetch(`${edge.url}/readyz`);
  assertEquals((await response.json()).journal, "durable");
  await online(edge.url);
  // The mail makes room for itself.
  const status = await statusOf(`${edge.url}/api/send`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${TOKEN}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ account: "10001", to: "10000", text: "new" }),
  });
  assertEquals(status, 200);
  while (journal.oldest < 2) {
    await delay(20);
  }
  await edge.bridge.stop();
  await journal.setPosition("bot", 1);
  await journal.close();
});

Deno.test("edge: a journal in memory is reported as such", async () => {
  await using edge = await startEdge();
  const response = await fetch(`${edge.url}/readyz`);
  assertEquals((await response.json()).journal, "memory");
});

Deno.test("edge: welcome has the limits of the options", async () => {
  await using edge = await startEdge({
    connections: 3,
    limits: { unacked: 5, stallMs: 20_000 },
  });
  const socket = new WebSocket(
    `${edge.url.replace("http", "ws")}/ws?access_token=${TOKEN}`,
  );
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.onmessage = ({ data }) => resolve(data);
  const { limits } = JSON.parse(await promise);
  assertEquals(limits, {
    ...DEFAULT_LIMITS,
    unacked: 5,
    stallMs: 20_000,
    connections: 3,
  });
  await new Promise((resolve) => {
    socket.onclose = resolve;
    socket.close();
  });
});

Deno.test("edge: no database, no files and nothing of the program is loaded with it", async () => {
  const graph = await moduleGraph(root, "bridge/mod.ts");
  const loaded = [...loadedWith("bridge/mod.ts", graph)];
  assert(loaded.includes("bridge/journal/memory.ts"));
  // Reads codes of errors, and imports nothing.
  const codes = "bridge/sqlite/errors.ts";
  const wrong = loaded.filter((module) => module !== codes).filter((module) =>
    /^node:(sqlite|fs|http|https|net)$|sqlite|qq_store|data_folder/.test(
      module,
    ) ||
    /^bridge\/(cli|config|main)/.test(module) ||
    /^lib\/server\//.test(module) ||
    /npm:\/?(ws|@hono\/node-server|prom-client)@/.test(module)
  );
  assertEquals(wrong, []);
});

/** Platforms of the edge: what they lack, and the statuses of `/healthz / /mod.ts /mod.js /metrics` and of a WebSocket, with its error code. */
const PLATFORMS: readonly [
  name: string,
  reduce: string,
  statuses: string,
  code: string,
][] = [
  [
    "a program with the network permission alone",
    "",
    "200 200 404 404 404 400",
    "bad_frame",
  ],
  [
    "a platform whose Deno has only serve and env",
    `for (const name of Object.keys(Deno)) {
  if (name !== "serve" && name !== "env") delete Deno[name];
}`,
    "200 200 404 404 404 501",
    "unsupported_platform",
  ],
];

for (const [name, reduce, statuses, code] of PLATFORMS) {
  Deno.test(`edge: ${name} answers every path, and asks for no permission`, async () => {
    const script = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(
      script,
      `import { createBridge } from ${
        JSON.stringify(new URL("bridge/mod.ts", root).href)
      };
import { addDemo, createServer } from ${
        JSON.stringify(new URL("lib/server/mod.ts", root).href)
      };
${reduce}
const server = createServer();
await addDemo(server);
const errors = [];
const bridge = createBridge({
  accounts: [{ uin: "10001", password: "demo" }],
  endpoint: server.answer,
  token: "${TOKEN}",
  onError: ({ message }) => errors.push(message),
});
const listening = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, bridge.fetch);
const origin = \`http://127.0.0.1:\${listening.addr.port}\`;
const statuses = [];
for (const path of ["/healthz", "/", "/mod.ts", "/mod.js", "/metrics?access_token=${TOKEN}"]) {
  const response = await fetch(origin + path);
  await response.body?.cancel();
  statuses.push(response.status);
}
for (let twice = 0; twice < 2; twice++) {
  // Not a handshake of a server: refused where WebSockets are accepted.
  const response = await bridge.fetch(new Request(origin + "/ws?access_token=${TOKEN}", {
    headers: { upgrade: "websocket", connection: "upgrade", "sec-websocket-version": "13" },
  }));
  if (twice === 1) statuses.push(response.status, (await response.json()).code);
}
await bridge.stop();
await listening.shutdown();
await server.close();
console.log(statuses.join(" "), errors.join());
`,
    );
    const { stdout, stderr } = await Program.deno([
      "run",
      "--no-config",
      "--no-lock",
      "--no-check",
      "--no-prompt",
      "--allow-net",
      script,
    ]).output();
    await Deno.remove(script);
    const error = statuses.endsWith("501")
      ? "Cannot open a WebSocket: this platform has no Deno.upgradeWebSocket. Set the option upgrade."
      : "";
    assertEquals(stdout, `${statuses} ${code} ${error}\n`, stderr);
  });
}

Deno.test("edge: the client's modules and the console are served where they may be read", async () => {
  await using edge = await startEdge();
  for (const path of ["/", "/mod.ts", "/mod.js", "/lib/clock.ts"]) {
    assertEquals(await statusOf(edge.url + path), 200, path);
  }
  for (const path of ["/lib/%00.ts", "/lib/..%2fdeno.json", "/lib/x.ts"]) {
    assertEquals(await statusOf(edge.url + path), 404, path);
  }
});

Deno.test("edge: the first request logs the accounts in", async () => {
  await using edge = await startEdge();
  assert(!edge.server.isOnline("10001"));
  assertEquals(await statusOf(`${edge.url}/healthz`), 200);
  await online(edge.url);
  assert(edge.server.isOnline("10001"));
});

Deno.test("edge: the end logs the accounts out, and nothing is answered any more", async () => {
  await using edge = await startEdge();
  edge.bridge.start();
  await online(edge.url);
  assert(edge.server.isOnline("10001"));
  await edge.bridge.stop();
  assert(!edge.server.isOnline("10001"));
  assertEquals(await statusOf(`${edge.url}/healthz`), 429);
});

Deno.test("edge: a server elsewhere is reached by its URL, or by a transport", async () => {
  const server = createServer();
  await addDemo(server);
  const qq = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    server.fetch,
  );
  const url = `http://127.0.0.1:${qq.addr.port}/`;
  const transport = new FetchTransport(url);
  for (const endpoint of [url, new URL(url), transport]) {
    const accounts = [{ uin: "10002", passwordMd5: md5Hex("demo") }];
    await using edge = await startEdge({ endpoint, accounts });
    edge.bridge.start();
    await online(edge.url);
    assert(server.isOnline("10002"));
  }
  transport.close();
  await server.close();
  await qq.shutdown();
});

Deno.test("edge: one WebSocket or event stream too many is refused, and one that ends makes room", async () => {
  await using edge = await startEdge({ connections: 2 });
  const stream = await fetch(`${edge.url}/events?access_token=${TOKEN}`);
  const socket = new WebSocket(edge.url.replace("http", "ws") + "/ws");
  await new Promise((resolve) => socket.onopen = resolve);
  assertEquals(await statusOf(`${edge.url}/events?access_token=${TOKEN}`), 429);
  const refused = new WebSocket(edge.url.replace("http", "ws") + "/ws");
  await new Promise((resolve) => refused.onclose = resolve);
  socket.close();
  await new Promise((resolve) => socket.onclose = resolve);
  const again = await fetch(`${edge.url}/events?access_token=${TOKEN}`);
  assertEquals(again.status, 200);
  await again.body?.cancel();
  await stream.body?.cancel();
});

Deno.test("edge: it speaks Satori too", async () => {
  await using edge = await startEdge();
  const socket = new WebSocket(
    edge.url.replace("http", "ws") + "/satori/v1/events",
  );
  const ready = new Promise<string>((resolve) =>
    socket.onmessage = ({ data }) => resolve(data)
  );
  socket.onopen = () =>
    socket.send(JSON.stringify({ op: 3, body: { token: TOKEN } }));
  const { op, body } = JSON.parse(await ready);
  assertEquals([op, body.logins[0].user.id], [4, "10001"]);
  socket.close();
  await new Promise((resolve) => socket.onclose = resolve);
  const path = `${edge.url}/satori/v1/login.get`;
  assertEquals(await statusOf(path, { method: "POST" }), 401);
  const headers = { authorization: `Bearer ${TOKEN}` };
  assertEquals(await statusOf(path, { method: "POST", headers }), 200);
  const origin = "https://evil.example";
  assertEquals(
    await statusOf(path, { method: "POST", headers: { ...headers, origin } }),
    403,
  );
});

Deno.test("edge: only the hosts that are named, where some are", async () => {
  await using edge = await startEdge({ hosts: ["bridge.example"] });
  for (
    const [host, status] of [
      ["bridge.example", 200],
      ["BRIDGE.example:8443", 200],
      ["evil.example", 403],
    ] as const
  ) {
    const response = await edge.bridge.fetch(
      new Request("http://bridge.example/mod.ts", { headers: { host } }),
    );
    await response.body?.cancel();
    assertEquals(response.status, status, host);
  }
});

Deno.test("EdgeBridge.stop() closes a WebSocket that opens afterwards with 1012, and leaves no timer", async () => {
  const server = createServer();
  const bridge = createBridge({
    accounts: [],
    endpoint: server.answer,
    token: TOKEN,
  });
  const listening = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const response = await bridge.fetch(request);
      await bridge.stop();
      return response;
    },
  );
  const socket = new WebSocket(
    `ws://127.0.0.1:${listening.addr.port}/ws?token=${TOKEN}`,
  );
  const code = await new Promise<number>((resolve) =>
    socket.onclose = ({ code }) => resolve(code)
  );
  assertEquals(code, 1012);
  await listening.shutdown();
  await server.close();
});

const SECRET = "a/secret";
const ENDPOINT = "http://127.0.0.1:9/";

for (
  const [name, options, message] of [
    [
      "no token",
      { token: undefined },
      "Cannot create the bridge: token or tokens must be set. Without them no client can connect.",
    ],
    [
      "a retention of no days",
      { retention: { days: 0 } },
      "Cannot create the bridge: retention.days must be a whole number above 0, got 0",
    ],
    [
      "metrics of another maker",
      {
        metrics: { contentType: "text/plain", text: () => Promise.resolve("") },
      },
      "Cannot create the bridge: metrics must be made by createMetrics of ./metrics",
    ],
    [
      "a token that cannot stand in a URL",
      { token: SECRET },
      "Cannot create the bridge: the token admin must have 1 to 512 letters, digits, - . _ and ~",
    ],
    [
      "two tokens of a name",
      { tokens: [{ name: "admin", token: "t" }] },
      "Cannot make a token: the name must be free, got admin",
    ],
    [
      "neither password nor hash",
      { accounts: [{ uin: "10001" }] },
      "Cannot create the bridge: exactly one of password and passwordMd5 must be given for 10001",
    ],
    [
      "both of them",
      { accounts: [{ uin: "10001", password: SECRET, passwordMd5: SECRET }] },
      "Cannot create the bridge: exactly one of password and passwordMd5 must be given for 10001",
    ],
    [
      "a hash that is none",
      { accounts: [{ uin: "10001", passwordMd5: SECRET }] },
      "Cannot keep an account: passwordMd5 must be 32 lower-case hex digits, got something else",
    ],
  ] as const
) {
  Deno.test(`edge: ${name} is said, without a secret`, () => {
    const { token, ...rest } = { token: TOKEN, ...options } as {
      token: string | undefined;
    };
    const error = assertThrows(() =>
      createBridge({
        accounts: [],
        endpoint: ENDPOINT,
        ...(token === undefined ? {} : { token }),
        ...rest,
      }), Error) as Error;
    assertEquals(error.message, message);
    assert(!error.message.includes(SECRET));
  });
}
