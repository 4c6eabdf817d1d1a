import { delay } from "@std/async";
import { Origins } from "../../../lib/server/http/origins.ts";
import { HttpConnection } from "../../../lib/server/http/http_connection.ts";
import { LIMITS, type QqListener } from "../../../lib/server/mod.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { RawClient, reply, request, until } from "./raw_client.ts";
import { LOGIN, onStage, Stage } from "./stage.ts";

const LOGGING_IN = request(`VER=1.1&CMD=Login&SEQ=1&UIN=10001&${LOGIN}`);
const LOGGED_IN = reply(
  "VER=1.1&CMD=Login&SEQ=1&UIN=10001&RES=0&RS=0&HI=60&LI=300",
);
const LEAVING = request("VER=1.1&CMD=Logout&SEQ=1&UIN=10001");
const LEFT = reply("VER=1.1&CMD=LOGOUT&SEQ=1&UIN=10001&RES=0");
const POLL = "VER=1.1&CMD=GetMsgEx&SEQ=2&UIN=10001";
const EMPTY = "VER=1.1&CMD=GETMSGEX&SEQ=2&UIN=10001&RES=0&MN=0&MT=&UN=&MG=";
const FULL = EMPTY.replace(/MN=.*/, "MN=1&MT=9,&UN=10001,&MG=a ,");
const WAIT = { headers: "Prefer: wait=25\r\n" };
const WAITED = "Preference-Applied: wait=25\r\n";

function listen(stage: Stage): QqListener {
  return stage.server.listen({ port: 0 });
}

/** A client whose connection the server has taken: its patience for a head runs. */
async function taken(stage: Stage, port: number): Promise<RawClient> {
  const before = stage.clock.pending;
  const client = await RawClient.to(port);
  await until(() => stage.clock.pending > before);
  return client;
}

/** A client that has logged 10001 in, and goes on. */
async function loggedIn(port: number): Promise<RawClient> {
  const client = await RawClient.to(port);
  await client.send(LOGGING_IN);
  assertEquals(await client.takeLike(LOGGED_IN), LOGGED_IN);
  await settle();
  return client;
}

/** What is sent before the silence, and how long that is borne. */
const PATIENCE: [name: string, sent: string, answer: string, ms: number][] = [
  ["nothing", "", "", LIMITS.headMs],
  ["line ends", "\r\n\r\n", "", LIMITS.headMs],
  ["half a head", "POST / HT", "", LIMITS.headMs],
  ["half a body", LEAVING.slice(0, -1), "", LIMITS.bodyMs],
  ["nothing after an answer", LEAVING, LEFT, LIMITS.idleMs],
  ["line ends after an answer", LEAVING + "\r\n\r\n", LEFT, LIMITS.idleMs],
  ["half a head after an answer", LEAVING + "P", LEFT, LIMITS.headMs],
];

for (const [name, sent, answer, ms] of PATIENCE) {
  onStage(`half-sent requests are ended: ${name}`, async (stage) => {
    using client = await taken(stage, listen(stage).port);
    await client.send(sent);
    assertEquals(await client.takeLike(answer), answer);
    await until(() => stage.clock.pending === 1 && stage.clock.next === ms);
    await stage.clock.advance(ms - 1);
    assertEquals([client.text, client.ended], ["", false]);
    await stage.clock.advance(1);
    assertEquals([await client.rest(), client.ended], ["", true]);
    await client.closed();
  });
}

onStage(
  "a head that comes byte by byte has no more time than another",
  async (stage) => {
    using client = await taken(stage, listen(stage).port);
    for (let second = 0; second < 9; second++) {
      await client.send("P");
      await stage.clock.advance(1_000);
      assertEquals(client.ended, false);
    }
    assertEquals(stage.clock.next, 1_000);
    await stage.clock.advance(1_000);
    assertEquals([await client.rest(), client.ended], ["", true]);
    await client.closed();
  },
);

onStage(
  "who ends the connection before a request is there gets nothing",
  async (stage) => {
    const { port } = listen(stage);
    for (const sent of ["", "\r\n", "POST / HT", LEAVING.slice(0, -1)]) {
      using client = await RawClient.to(port);
      await client.send(sent);
      await client.end();
      assertEquals([await client.rest(), client.ended], ["", true]);
      await client.closed();
    }
  },
);

onStage("who ends its side after a request gets the answer", async (stage) => {
  using client = await RawClient.to(listen(stage).port);
  await client.send(LEAVING);
  await client.end();
  assertEquals([await client.rest(), client.ended], [LEFT, true]);
  await client.closed();
  await until(() => stage.clock.pending === 0);
});

onStage(
  "who ends its side before a late answer is gone after a second",
  async (stage) => {
    await stage.accounts("10001");
    using client = await loggedIn(listen(stage).port);
    const send = request("VER=1.1&CMD=CLTMSG&SEQ=3&UIN=10001&UN=10001&MG=a");
    const sent = reply("VER=1.1&CMD=CLTMSG&SEQ=3&UIN=10001&RES=0&");
    await client.send(send + send);
    await client.end();
    assertEquals(await client.takeLike(sent), sent);
    await until(() => stage.clock.next === LIMITS.halfClosedMs);
    assertEquals(client.ended, false);
    await stage.clock.advance(LIMITS.halfClosedMs);
    assertEquals([await client.rest(), client.ended], ["", true]);
    await client.closed();
  },
);

for (const how of ["closes", "ends its side"] as const) {
  onStage(
    `a client that ${how} ends its wait, and no mail goes with it`,
    async (stage) => {
      await stage.accounts("10001");
      const { port } = listen(stage);
      using client = await loggedIn(port);
      const idle = stage.clock.pending;
      await client.send(request(POLL, WAIT));
      await until(() => stage.clock.next === 25_000);
      if (how === "closes") await client.closed();
      else await client.end();
      // Its wait and its connection are over: only the session's lapse is left.
      await until(() => stage.clock.pending === idle - 1);
      await client.closed();
      await stage.server.deliver("10001", {
        type: "message",
        from: "10001",
        text: "a",
      });
      using next = await RawClient.to(port);
      await next.send(request(POLL));
      assertEquals(await next.takeLike(reply(FULL)), reply(FULL));
      await next.closed();
    },
  );
}

onStage(
  "a wait ends with mail, with its time, and with the server",
  async (stage) => {
    await stage.accounts("10001");
    using client = await loggedIn(listen(stage).port);
    const wait = async () => {
      await client.send(request(POLL, WAIT));
      await until(() => stage.clock.next === 25_000);
    };
    await wait();
    await stage.server.deliver("10001", {
      type: "message",
      from: "10001",
      text: "a",
    });
    assertEquals(
      await client.takeLike(reply(FULL, WAITED)),
      reply(FULL, WAITED),
    );
    await wait();
    await stage.clock.advance(25_000);
    assertEquals(
      await client.takeLike(reply(EMPTY, WAITED)),
      reply(EMPTY, WAITED),
    );
    await wait();
    await stage.server.close();
    assertEquals(await client.rest(), "");
    assertEquals(client.ended, true);
    await client.closed();
  },
);

onStage(
  "the end of a listener gives what is under way, and not what comes after it",
  async (stage) => {
    await stage.accounts("10001");
    const listener = listen(stage);
    using idle = await RawClient.to(listener.port);
    await idle.send(LEAVING);
    await idle.takeLike(LEFT);
    using half = await RawClient.to(listener.port);
    await half.send("POST / HT");
    using client = await loggedIn(listener.port);
    await client.send(request(POLL, WAIT) + LEAVING);
    await until(() => stage.clock.next === 25_000);
    const closed = listener.close();
    assertEquals([await idle.rest(), idle.ended], ["", true]);
    await half.rest();
    assertEquals(client.ended, false);
    await stage.server.deliver("10001", {
      type: "message",
      from: "10001",
      text: "a",
    });
    await closed;
    await listener.close();
    assertEquals(
      await client.rest(),
      reply(FULL, WAITED + "Connection: close\r\n"),
    );
    for (const each of [idle, half, client]) await each.closed();
    await assertNobodyListens(listener.port);
  },
  { limits: { headMs: 60_000 } },
);

onStage("the end of a listener does not wait for ever", async (stage) => {
  await stage.accounts("10001");
  const listener = listen(stage);
  using client = await loggedIn(listener.port);
  await client.send(request(POLL, WAIT));
  await until(() => stage.clock.next === 25_000);
  const closed = listener.close();
  await stage.clock.advance(LIMITS.closeMs);
  await closed;
  assertEquals([await client.rest(), client.ended], ["", true]);
  await client.closed();
});

onStage(
  "a closed server does not listen; neither does one at a taken port",
  async (stage) => {
    const { hostname, port } = listen(stage);
    assertEquals(hostname, "127.0.0.1");
    assertThrows(() => stage.server.listen({ port }), Deno.errors.AddrInUse);
    await stage.server.close();
    await assertNobodyListens(port);
    assertThrows(
      () => listen(stage),
      Error,
      "Cannot listen: the server must be open, got a closed one",
    );
  },
);

for (const limit of ["connections", "connectionsPerAddress"] as const) {
  onStage(`beyond ${limit} a new connection is closed`, async (stage) => {
    const { port } = listen(stage);
    using first = await taken(stage, port);
    using second = await taken(stage, port);
    using third = await RawClient.to(port);
    assertEquals(await third.rest(), "");
    await first.send(LEAVING);
    assertEquals(await first.takeLike(LEFT), LEFT);
    const before = stage.clock.pending;
    await first.closed();
    await until(() => stage.clock.pending < before);
    using fourth = await taken(stage, port);
    await fourth.send(LEAVING);
    assertEquals(await fourth.takeLike(LEFT), LEFT);
    for (const each of [second, third, fourth]) await each.closed();
  }, { limits: { [limit]: 2 } });
}

Deno.test({
  name:
    "addresses are counted and logged in apart, and are the same in both families",
  ignore: !hasBothFamilies(),
  async fn() {
    const stage = await new Stage({ limits: { connectionsPerAddress: 1 } })
      .accounts("10001");
    const { port } = stage.server.listen({ hostname: "::", port: 0 });
    using old = await loggedIn(port);
    using refused = await RawClient.to(port);
    assertEquals(await refused.rest(), "");
    assertEquals(
      await stage.ask("10001", "List", "", { address: "127.0.0.1" }),
      "RES=0&FN=0",
    );
    using other = await RawClient.to(port, "::1");
    const list = "VER=1.1&CMD=List&SEQ=2&UIN=10001";
    const apart = reply("VER=1.1&CMD=LIST&SEQ=2&UIN=10001&RES=20");
    await other.send(request(list));
    assertEquals(await other.takeLike(apart), apart);
    for (const each of [old, refused, other]) await each.closed();
    await stage.server.close();
  },
});

/** Whether one socket hears IPv4 and IPv6 here. */
function hasBothFamilies(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return Deno.build.os === "linux";
  } catch {
    return false;
  }
}

onStage("a client that does not read is cut", async (stage) => {
  await stage.accounts("10001");
  const { port } = listen(stage);
  // Its own socket: RawClient always reads.
  const client = await Deno.connect({ hostname: "127.0.0.1", port });
  await client.write(new TextEncoder().encode(LOGGING_IN));
  await until(() => stage.server.isOnline("10001"));
  const text = "x".repeat(16 * 1024 * 1024);
  await stage.server.deliver("10001", { type: "message", from: "10001", text });
  await client.write(new TextEncoder().encode(request(POLL)));
  // The answer is under way: its time is the next that is up.
  await until(() => stage.clock.next === LIMITS.replyMs);
  await stage.clock.advance(LIMITS.replyMs);
  // Only the session's lapse is left.
  assertEquals(stage.clock.pending, 1);
  let length = 0;
  const chunk = new Uint8Array(1024 * 1024);
  try {
    for (;;) {
      const more = await client.read(chunk);
      if (more === null) break;
      length += more;
    }
  } catch {
    // Reset.
  }
  assertEquals(length < text.length, true, `${length} bytes`);
  client.close();
}, { limits: { bodyBytes: 4 * 1024 * 1024, textBytes: 4 * 1024 * 1024 } });

onStage(
  "a client that sends ahead without end is not read without end",
  async (stage) => {
    await stage.accounts("10001");
    const { port } = listen(stage);
    using client = await loggedIn(port);
    await client.send(request(POLL, WAIT));
    await until(() => stage.clock.next === 25_000);
    let sent = 0;
    const flood = (async () => {
      try {
        for (; sent < 1024; sent++) {
          await client.send(
            new Uint8Array(64 * 1024),
          );
        }
      } catch {
        // Cut.
      }
    })();
    // It stands still as soon as the system's buffers are full.
    for (let before = -1; before !== sent;) {
      before = sent;
      await delay(50);
    }
    assertEquals(sent < 1024, true);
    assertEquals(client.ended, false);
    await stage.clock.advance(25_000);
    assertEquals(
      await client.takeLike(reply(EMPTY, WAITED)),
      reply(EMPTY, WAITED),
    );
    await until(() =>
      stage.clock.next === LIMITS.lingerMs || client.ended !== false
    );
    await stage.clock.advance(LIMITS.lingerMs);
    await client.rest();
    await client.closed();
    await flood;
  },
);

onStage(
  "a connection that cannot be served takes no other down",
  async (stage) => {
    const { port } = listen(stage);
    for (let nth = 0; nth < 300; nth++) {
      const socket = await Deno.connect({ hostname: "127.0.0.1", port });
      if (nth % 3 > 0) {
        await socket.write(
          new TextEncoder().encode(nth % 3 > 1 ? LEAVING : "PO"),
        );
      }
      socket.close();
    }
    using client = await RawClient.to(port);
    await client.send(LEAVING);
    assertEquals(await client.takeLike(LEFT), LEFT);
    await client.closed();
    await until(() => stage.clock.pending === 0);
    assertEquals(stage.errors, []);
  },
);

onStage(
  "Listener: reports once that it cannot accept, and tries again",
  async (stage) => {
    const listenTruly = Deno.listen;
    let failures = 3;
    let port: number;
    try {
      // As the system does where too many files are open.
      Deno.listen = ((where: Deno.TcpListenOptions) => {
        const listener = listenTruly(where);
        const accept = listener.accept.bind(listener);
        listener.accept = async () => {
          if (failures-- > 0) {
            throw Object.assign(new Error("Too many open files"), {
              code: "EMFILE",
            });
          }
          return await accept();
        };
        return listener;
      }) as typeof Deno.listen;
      port = listen(stage).port;
    } finally {
      Deno.listen = listenTruly;
    }
    await settle();
    for (let nth = 0; nth < 3; nth++) {
      assertEquals(stage.clock.next, 100);
      await stage.clock.advance(100);
    }
    using client = await RawClient.to(port);
    await client.send(LEAVING);
    assertEquals(await client.takeLike(LEFT), LEFT);
    await client.closed();
    assertEquals(stage.errors.map(String), ["Error: Too many open files"]);
  },
);

onStage(
  "what is sent ahead waits, and is answered after the wait",
  async (stage) => {
    await stage.accounts("10001");
    using client = await loggedIn(listen(stage).port);
    const count = Math.ceil(4 * LIMITS.readAheadBytes / LEAVING.length);
    await client.send(request(POLL, WAIT) + LEAVING.repeat(count));
    await until(() => stage.clock.next === 25_000);
    await stage.clock.advance(25_000);
    const expected = reply(EMPTY, WAITED) + LEFT.repeat(count);
    assertEquals(await client.takeLike(expected), expected);
    await client.closed();
  },
);

for (const end of ["by the client", "by its patience"] as const) {
  Deno.test(`after a last answer only this side ends, until the other does: ${end}`, async () => {
    const clock = new FakeClock();
    const events: string[] = [];
    const ended = Promise.withResolvers<null>();
    const sent = LEAVING.replace("Host", "Connection: close\r\nHost");
    const pieces = [sent, "\r\n", "\r\n"].map((text) =>
      new TextEncoder().encode(text)
    );
    const connection = new HttpConnection({
      origins: new Origins([]),
      socket: {
        read(into) {
          const piece = pieces.shift();
          if (piece === undefined) return ended.promise;
          into.set(piece);
          return Promise.resolve(piece.length);
        },
        write(bytes) {
          events.push("write");
          return Promise.resolve(bytes.length);
        },
        closeWrite() {
          events.push("closeWrite");
          return Promise.resolve();
        },
        close() {
          events.push("close");
          ended.resolve(null);
        },
      },
      address: "10.0.0.1",
      answer: () =>
        Promise.resolve({ type: "reply", bodies: ["x"], headers: {} }),
      clock,
      limits: LIMITS,
    });
    const run = connection.run();
    await clock.advance(LIMITS.lingerMs - 1);
    assertEquals(events, ["write", "closeWrite"]);
    if (end === "by the client") ended.resolve(null);
    else await clock.advance(1);
    await run;
    assertEquals(events, ["write", "closeWrite", "close"]);
    assertEquals(clock.pending, 0);
  });
}

async function assertNobodyListens(port: number): Promise<void> {
  let socket: Deno.TcpConn | undefined;
  try {
    socket = await Deno.connect({ hostname: "127.0.0.1", port });
  } catch (error) {
    assertEquals(error instanceof Deno.errors.ConnectionRefused, true);
  }
  socket?.close();
  assertEquals(socket, undefined);
}
