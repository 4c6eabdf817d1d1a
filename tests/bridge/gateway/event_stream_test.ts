import { delay } from "@std/async";
import { getRequestListener } from "../../../bridge/deps_node.ts";
import {
  HEARTBEAT_MS,
  STALLED_MS,
} from "../../../bridge/gateway/event_stream.ts";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { EventReader } from "../../support/event_reader.ts";
import { FakeApp } from "../../support/fake_app.ts";
import { assertServerFrame } from "../../support/frame_schema.ts";

async function open(
  app: FakeApp,
  query = "",
  headers: Record<string, string> = {},
  token = "all",
): Promise<EventReader> {
  const response = await app.ask(`/events${query}`, { token, headers });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertEquals(response.headers.get("x-accel-buffering"), "no");
  return new EventReader(response);
}

/** Stops reading, and checks that nothing is left open. */
async function leave(app: FakeApp, reader: EventReader): Promise<void> {
  const ended = app.nextStreamEnd();
  await reader.cancel();
  await ended;
  assertEnded(app);
}

/** Checks that no stream and no timer is left. */
function assertEnded(app: FakeApp): void {
  assertEquals(app.streams, 0);
  assertEquals(app.clock.pending, 0);
}

async function metric(app: FakeApp, line: string): Promise<void> {
  assertStringIncludes(await app.metrics.text(), line + "\n");
}

Deno.test("sse: a stream starts with its position, and continues with new events", async () => {
  const app = new FakeApp();
  await app.bridge.push();
  const reader = await open(app);
  assertEquals(await reader.next(), { retry: "3000", id: "k3f9:1" });
  const event = await app.bridge.push("10002", "friend.request", {
    from: "10003",
    text: "你好\r\n=&",
  });
  const message = await reader.next();
  assertEquals(message, {
    id: "k3f9:2",
    event: "friend.request",
    data: event.frame,
  });
  assertServerFrame(message?.data);
  await metric(app, 'tqq_connections{kind="sse"} 1');
  await metric(app, "tqq_sent_frames_total 1");
  await leave(app, reader);
  await metric(app, 'tqq_connections{kind="sse"} 0');
});

const RESUMES: [string, string, Record<string, string>, string[]][] = [
  ["from now on", "", {}, []],
  ["behind after", "?after=k3f9:3", {}, ["k3f9:4", "k3f9:5"]],
  ["behind Last-Event-ID", "", { "last-event-id": "k3f9:4" }, ["k3f9:5"]],
  [
    "behind Last-Event-ID rather than after",
    "?after=k3f9:1",
    { "last-event-id": "k3f9:4" },
    ["k3f9:5"],
  ],
  [
    "behind after where Last-Event-ID is empty",
    "?after=k3f9:4",
    { "last-event-id": "" },
    ["k3f9:5"],
  ],
  ["from the beginning", "?after=k3f9:0&events=presence", {}, ["k3f9:2"]],
  ["of one account", "?after=k3f9:0&accounts=10002", {}, ["k3f9:3"]],
];

for (const [what, query, headers, ids] of RESUMES) {
  Deno.test(`sse: a reader gets the events ${what}`, async () => {
    const app = new FakeApp();
    await app.bridge.push();
    await app.bridge.push("10001", "presence", {
      from: "10002",
      status: "busy",
    });
    for (const account of ["10002", "10001", "10001"]) {
      await app.bridge.push(account);
    }
    const reader = await open(app, query, headers);
    await reader.next();
    const messages = await reader.take(ids.length);
    assertEquals(messages.map(({ id }) => id), ids);
    await leave(app, reader);
  });
}

const REFUSED: [string, string, Record<string, string>, number, string][] = [
  ["all", "?events=mess", {}, 400, "bad_params"],
  ["all", "?accounts=x", {}, 400, "bad_params"],
  ["all", "?after=1", {}, 400, "bad_params"],
  ["all", "", { "last-event-id": "x" }, 400, "bad_params"],
  ["all", "?consumer=bot", {}, 400, "bad_params"],
  ["one", "?accounts=10001,10002", {}, 404, "unknown_account"],
];

for (const [token, query, headers, status, code] of REFUSED) {
  Deno.test(`sse: ${query} ${JSON.stringify(headers)} is ${status} ${code}`, async () => {
    const app = new FakeApp();
    const response = await app.ask(`/events${query}`, { token, headers });
    assertEquals(response.status, status);
    assertEquals((await response.json()).code, code);
    assertEnded(app);
  });
}

Deno.test("sse: a heartbeat has the position, also after events that were filtered out", async () => {
  const app = new FakeApp();
  const reader = await open(app, "?events=presence");
  assertEquals((await reader.next())?.id, "k3f9:0");
  await app.bridge.push();
  await app.bridge.push();
  await app.clock.advance(HEARTBEAT_MS);
  assertEquals(await reader.next(), { comment: "", id: "k3f9:2" });
  await app.clock.advance(HEARTBEAT_MS);
  assertEquals(await reader.next(), { comment: "", id: "k3f9:2" });
  await leave(app, reader);
});

Deno.test("sse: the end of the program ends all streams and refuses new ones", async () => {
  const app = new FakeApp();
  const reader = await open(app);
  app.ending.abort();
  assertEquals((await reader.take(5)).length, 1);
  assertEnded(app);
  const late = await open(app);
  assertEquals((await late.take(5)).length, 1);
  assertEnded(app);
});

/** An event of about 10 KB. */
function pushBig(app: FakeApp, count: number): Promise<unknown> {
  return app.bridge.push("10001", "message", {
    from: "10002",
    text: `${count} ${"字".repeat(3400)}`,
  });
}

Deno.test("sse: a reader that does not read costs at most 256 KiB, and later gets everything once and in order", async () => {
  const app = new FakeApp();
  const reader = await open(app);
  await reader.next();
  for (let count = 1; count <= 300; count++) await pushBig(app, count);
  const text = await app.metrics.text();
  const sent = Number(/^tqq_sent_bytes_total (\d+)$/m.exec(text)?.[1]);
  assert(sent > 200_000, `it was sent ${sent}`);
  assert(sent < 262_144 + 4 * 11_000, `it was sent ${sent}`);

  const ids: (string | undefined)[] = [];
  while (ids.length < 300) {
    const [message] = await reader.take(1);
    ids.push(message?.id);
    await app.clock.advance(0);
  }
  assertEquals(ids, Array.from(ids, (_, index) => `k3f9:${index + 1}`));
  await app.bridge.push();
  assertEquals((await reader.next())?.id, "k3f9:301");
  await leave(app, reader);
});

Deno.test("sse: a reader that is far behind gets everything once and in order, while events are added", async () => {
  const app = new FakeApp();
  for (let count = 0; count < 900; count++) await app.bridge.push();
  const reader = await open(app, "?after=k3f9:0");
  await reader.next();
  const ids: (string | undefined)[] = [];
  while (ids.length < 1000) {
    if (ids.length % 9 === 0 && app.bridge.journal.head < 1000) {
      await app.bridge.push();
    }
    ids.push((await reader.next())?.id);
    await app.clock.advance(1);
  }
  assertEquals(ids, Array.from(ids, (_, index) => `k3f9:${index + 1}`));
  await leave(app, reader);
});

Deno.test("sse: a reader that makes no progress for 30 s is cut, a slow one is not", async () => {
  const app = new FakeApp();
  const stalled = await open(app);
  const slow = await open(app);
  for (let count = 1; count <= 100; count++) await pushBig(app, count);
  for (let passed = 0; passed < STALLED_MS; passed += STALLED_MS / 3) {
    assertEquals(app.streams, 2);
    await slow.take(4);
    await app.clock.advance(STALLED_MS / 3);
  }
  assertEquals(app.streams, 1);
  await metric(app, "tqq_slow_closes_total 1");
  await assertRejects(() => stalled.take(1000), Error, "no progress");
  const ids = (await slow.take(3)).map(({ id }) => id);
  assertEquals(ids, ["k3f9:12", "k3f9:13", "k3f9:14"]);
  await leave(app, slow);
});

async function withFront(
  kind: "edge" | "node",
  app: FakeApp,
  run: (url: string) => Promise<void>,
): Promise<void> {
  if (kind === "edge") {
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => app.fetch(request),
    );
    await run(`http://127.0.0.1:${server.addr.port}`);
    await server.shutdown();
    return;
  }
  const server = createServer(
    getRequestListener(
      (request, { outgoing }) =>
        app.fetch(request, () => {
          app.cuts++;
          outgoing.destroy();
        }),
      // The runtime's server accepts only the runtime's own Response.
      { overrideGlobalObjects: false },
    ),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

for (const kind of ["edge", "node"] as const) {
  Deno.test(`sse: on the ${kind} server a client gets events, and its disconnect ends the stream`, async () => {
    const app = new FakeApp({ access: { host: () => true, origins: [] } });
    await withFront(kind, app, async (url) => {
      const gone = new AbortController();
      const response = await fetch(`${url}/events?access_token=all`, {
        signal: gone.signal,
      });
      assertEquals(response.headers.get("content-type"), "text/event-stream");
      const reader = new EventReader(response);
      assertEquals((await reader.next())?.id, "k3f9:0");
      await app.bridge.push();
      assertEquals((await reader.next())?.id, "k3f9:1");
      const ended = app.nextStreamEnd();
      gone.abort();
      await ended;
      await assertRejects(() => reader.next());
      assertEnded(app);
    });
  });
}

Deno.test("sse: a stream whose events cannot be read is cut, and the failure reported", async () => {
  const app = new FakeApp();
  await app.bridge.push();
  const reader = await open(app);
  await reader.next();
  const error = new Error("database disk image is malformed");
  app.bridge.hub.readNext = () => {
    throw error;
  };
  for (const cuts of [0, 1]) {
    const request = new Request(`http://127.0.0.1:8080/events?after=k3f9:0`, {
      headers: { authorization: "Bearer all" },
    });
    let done = 0;
    const response = await app.fetch(
      request,
      cuts === 0 ? undefined : () => done++,
    );
    if (cuts === 0) await assertRejects(() => response.text());
    else await response.text();
    assertEquals(done, cuts);
  }
  assertEquals(app.failures, [error, error]);
  await leave(app, reader);
});

/** Pushes until the stream accepts no more, so that all buffers between it and its reader are full. */
async function fill(app: FakeApp): Promise<void> {
  let sent = -1;
  for (let count = 1;; count++) {
    await pushBig(app, count);
    await delay(0);
    if (count % 100 !== 0) continue;
    const text = await app.metrics.text();
    const now = Number(/^tqq_sent_frames_total (\d+)$/m.exec(text)?.[1]);
    if (now === sent) return;
    sent = now;
  }
}

for (const kind of ["edge", "node"] as const) {
  Deno.test(`sse: on the ${kind} server a client that stops reading is cut`, async () => {
    const app = new FakeApp({ access: { host: () => true, origins: [] } });
    await withFront(kind, app, async (url) => {
      const port = Number(new URL(url).port);
      const socket = await Deno.connect({ hostname: "127.0.0.1", port });
      await socket.write(
        new TextEncoder().encode(
          "GET /events?access_token=all HTTP/1.1\r\nHost: x\r\n\r\n",
        ),
      );
      while (app.streams === 0) {
        await delay(0);
      }
      await fill(app);
      const ended = app.nextStreamEnd();
      await app.clock.advance(STALLED_MS);
      await ended;
      assertEnded(app);
      assertEquals(app.cuts, kind === "node" ? 1 : 0);
      const buffer = new Uint8Array(65_536);
      let end = "";
      try {
        while (await socket.read(buffer) !== null);
        end = "closed";
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
        end = "reset";
      }
      assert(end !== "");
      socket.close();
    });
  });
}

Deno.test("sse: a revoked token gets no further event, and its stream ends within 5 s", async () => {
  const app = new FakeApp();
  const busy = await open(app);
  const idle = await open(app, "", {}, "one");
  assertEquals((await busy.next())?.retry, "3000");
  assertEquals((await idle.next())?.retry, "3000");
  app.grants.all!.revoke();
  await app.bridge.push();
  assertEquals(await busy.next(), undefined);
  assertEquals((await idle.next())?.event, "message");
  app.grants.one!.revoke();
  await app.clock.advance(5000);
  assertEquals(app.streams, 0);
  assertEquals(await idle.next(), undefined);
});
