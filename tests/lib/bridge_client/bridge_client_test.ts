import { BridgeClient } from "../../../lib/bridge_client/bridge_client.ts";
import { BridgeError } from "../../../lib/bridge_client/bridge_error.ts";
import { CLOSE_CODES } from "../../../lib/frames/errors.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { settle } from "../../support/fake_clock.ts";
import { Rig, ScriptedSocket, TOKEN } from "./scripted_socket.ts";

Deno.test("connects at the first iteration, says hello, subscribes in the query", async () => {
  const rig = new Rig({ accounts: ["10001", "10002"], events: ["message"] });
  await settle();
  assertEquals(rig.sockets.length, 0);
  assertEquals(rig.client.status, { state: "idle" });
  const loop = rig.loop();
  await settle();
  const { url, protocols, sent } = rig.socket;
  assertEquals(url.href.includes(TOKEN), false);
  assertEquals(Object.fromEntries(url.searchParams), {
    accounts: "10001,10002",
    events: "message",
  });
  assertEquals(protocols, ["tqq.v1"]);
  rig.socket.accept();
  assertEquals(sent, [{ type: "hello", token: TOKEN }]);
  rig.socket.welcome();
  rig.socket.events(101, 102);
  await settle();
  assertEquals(loop.taken, [101, 102]);
  assertEquals(rig.states(), ["connecting", "open"]);
  await rig.client.close();
  assertEquals(await loop.ended, undefined);
  assertEquals(rig.socket.closedWith?.code, 1000);
  assertEquals(rig.clock.pending, 0);
  assertEquals(rig.states().at(-1), "closed");
});

Deno.test("sends the token in the query where asked, and no hello", async () => {
  await using rig = new Rig({
    tokenIn: "query",
    url: "https://bridge.test/ws?x=1",
  });
  rig.loop();
  await settle();
  assertEquals(
    rig.socket.url.href,
    `wss://bridge.test/ws?x=1&access_token=${TOKEN}`,
  );
  rig.socket.welcome();
  assertEquals(rig.socket.sent, []);
});

Deno.test("position is that of the frame handed out, handled that of the one before", async () => {
  const rig = new Rig();
  const loop = rig.loop();
  await loop.allow(1);
  assertEquals(rig.client.position, undefined);
  rig.socket.welcome("e1", 100);
  assertEquals(rig.client.position, { epoch: "e1", seq: 100 });
  rig.socket.events(101, 102, 103);
  await settle();
  assertEquals(rig.client.position, { epoch: "e1", seq: 101 });
  assertEquals(rig.client.handled, { epoch: "e1", seq: 100 });
  await loop.allow(1);
  assertEquals(rig.client.position, { epoch: "e1", seq: 102 });
  assertEquals(rig.client.handled, { epoch: "e1", seq: 101 });
  rig.client.acknowledge();
  assertEquals(rig.client.handled, { epoch: "e1", seq: 102 });
  await rig.client.close();
  await loop.allow(9);
  assertEquals(loop.taken, [101, 102]);
});

Deno.test("a later loop goes on where one was left; two at once are refused", async () => {
  await using rig = new Rig();
  const first = rig.client[Symbol.asyncIterator]();
  const next = first.next();
  await settle();
  await assertRejects(
    () => rig.client[Symbol.asyncIterator]().next(),
    TypeError,
    "Cannot iterate a BridgeClient: another loop is under way, and there is one position",
  );
  rig.socket.welcome();
  rig.socket.events(101, 102);
  await next;
  await first.return(undefined);
  const loop = rig.loop();
  await settle();
  assertEquals(loop.taken, [102]);
});

const resumes: {
  name: string;
  after?: { epoch: string; seq: number };
  script: (socket: ScriptedSocket) => void;
  /** `after` of the first dial and of the second. */
  asked: [string | null, string | null];
  then: (socket: ScriptedSocket) => void;
  taken: (number | string)[];
  position: { epoch: string; seq: number };
}[] = [
  {
    name: "behind the last event, dropping what comes twice",
    script: (s) => (s.welcome("e1", 100), s.events(101, 102)),
    asked: [null, "e1:102"],
    then: (s) => (s.welcome("e1", 104), s.events(102, 103, 104, 104)),
    taken: [101, 102, 103, 104],
    position: { epoch: "e1", seq: 104 },
  },
  {
    name: "behind the first welcome where no event has come",
    script: (s) => s.welcome("e1", 100),
    asked: [null, "e1:100"],
    then: (s) => (s.welcome("e1", 103), s.events(101, 103)),
    taken: [101, 103],
    position: { epoch: "e1", seq: 103 },
  },
  {
    name: "behind the position that was given, until an event comes",
    after: { epoch: "e1", seq: 42 },
    script: (s) => s.welcome("e1", 100),
    asked: ["e1:42", "e1:42"],
    then: (s) => (s.welcome("e1", 100), s.events(43)),
    taken: [43],
    position: { epoch: "e1", seq: 43 },
  },
  {
    name: "over a gap",
    script: (s) => (s.welcome("e1", 100), s.events(101)),
    asked: [null, "e1:101"],
    then: (s) => {
      s.welcome("e1", 900);
      s.say({
        type: "gap",
        epoch: "e1",
        from: 102,
        to: 850,
        reason: "trimmed",
      });
      s.events(850, 851);
    },
    taken: [101, "trimmed 102-850", 851],
    position: { epoch: "e1", seq: 851 },
  },
  {
    name: "into another epoch",
    script: (s) => (s.welcome("e1", 100), s.events(101)),
    asked: [null, "e1:101"],
    then: (s) => {
      s.welcome("e2", 7);
      s.say({ type: "gap", epoch: "e2", from: 1, to: 5, reason: "epoch" });
      s.events(6, 7);
    },
    taken: [101, "epoch 1-5", 6, 7],
    position: { epoch: "e2", seq: 7 },
  },
  {
    name: "though never welcomed before",
    script: (s) => s.accept(),
    asked: [null, null],
    then: (s) => (s.welcome("e1", 5), s.events(6)),
    taken: [6],
    position: { epoch: "e1", seq: 6 },
  },
];

for (const { name, after, script, asked, then, taken, position } of resumes) {
  Deno.test(`resumes ${name}`, async () => {
    await using rig = new Rig(after === undefined ? {} : { after });
    const loop = rig.loop();
    await settle();
    assertEquals(rig.after, asked[0]);
    script(rig.socket);
    await settle();
    rig.socket.cut();
    await rig.redial();
    assertEquals(rig.sockets.length, 2);
    assertEquals(rig.after, asked[1]);
    then(rig.socket);
    await settle();
    assertEquals(loop.taken, taken);
    assertEquals(rig.client.position, position);
    assertEquals(loop.positions.at(-1), position);
  });
}

const FINAL: Record<number, string> = {
  1000: "closed",
  1003: "bad_frame",
  1008: "forbidden",
  1009: "bad_frame",
  4000: "bad_frame",
  4001: "forbidden",
  4003: "forbidden",
  4009: "closed",
};

for (const [text, { meaning, reconnect }] of Object.entries(CLOSE_CODES)) {
  const code = Number(text);
  Deno.test(`close code ${code} (${meaning}): ${reconnect ? "dials again" : "throws"}`, async () => {
    const rig = new Rig();
    const loop = rig.loop();
    await settle();
    rig.socket.welcome();
    rig.socket.events(101);
    rig.socket.cut(code, `bye ${TOKEN}`);
    await rig.clock.advance(60_000);
    assertEquals(loop.taken, [101]);
    if (reconnect) {
      assert(rig.sockets.length > 1);
      await rig.client.close();
      assertEquals(await loop.ended, undefined);
    } else {
      assertEquals(rig.sockets.length, 1);
      const error = await loop.ended;
      assertInstanceOf(error, BridgeError);
      assertEquals([error.code, error.closeCode], [FINAL[code], code]);
      assertStringIncludes(error.message, `${meaning} (bye [token])`);
      assertEquals(await rig.client.closed(), error);
      const refused = await assertRejects(() => rig.client.ping(), BridgeError);
      assertEquals([refused.code, refused.closeCode], [FINAL[code], code]);
      await assertRejects(
        () => rig.client[Symbol.asyncIterator]().next(),
        BridgeError,
      );
    }
    assertEquals(rig.clock.pending, 0);
    assertEquals(JSON.stringify(rig.statuses).includes(TOKEN), false);
  });
}

Deno.test("waits grow to their bound, and begin anew after a connection that held", async () => {
  await using rig = new Rig();
  rig.loop();
  await settle();
  const waits: number[] = [];
  for (let dial = 0; dial < 9; dial++) {
    rig.socket.cut();
    await settle();
    const status = rig.client.status;
    assert(status.state === "waiting");
    waits.push(status.retryInMs);
    await rig.redial();
  }
  assertEquals(waits, [
    500,
    1_000,
    2_000,
    4_000,
    8_000,
    16_000,
    30_000,
    30_000,
    30_000,
  ]);
  rig.socket.welcome();
  await rig.clock.advance(4_999);
  rig.socket.cut();
  const early = rig.client.status;
  assert(early.state === "waiting");
  assertEquals([early.retryInMs, early.failures], [30_000, 10]);
  await rig.redial();
  rig.socket.welcome();
  await rig.clock.advance(5_000);
  rig.socket.cut();
  const status = rig.client.status;
  assert(status.state === "waiting");
  assertEquals([status.retryInMs, status.failures], [500, 1]);
});

Deno.test("half of a wait is jitter", async () => {
  await using rig = new Rig({ random: () => 0 });
  rig.loop();
  await settle();
  rig.socket.cut();
  assert(rig.client.status.state === "waiting");
  assertEquals(rig.client.status.retryInMs, 250);
});

Deno.test("a list of URLs: each lost or failed connection leads to the next one, which resumes", async () => {
  const nodes = ["a", "b", "c"];
  await using rig = new Rig({
    url: nodes.map((node) => `ws://${node}.test/ws`),
  });
  const { taken } = rig.loop();
  await settle();
  rig.socket.welcome();
  rig.socket.events(101);
  await settle();
  rig.socket.cut();
  await rig.redial();
  rig.socket.cut();
  await rig.redial();
  rig.socket.welcome("e1", 102);
  rig.socket.events(102);
  await settle();
  rig.socket.cut();
  await rig.redial();
  assertEquals(
    rig.sockets.map(({ url }) => [url.hostname, url.searchParams.get("after")]),
    [["a.test", null], ["b.test", "e1:101"], ["c.test", "e1:101"], [
      "a.test",
      "e1:102",
    ]],
  );
  assertEquals(taken, [101, 102]);
});

Deno.test("keeps trying a bridge that never welcomes, and says what to check", async () => {
  await using rig = new Rig();
  rig.loop();
  await settle();
  for (let dial = 0; dial < 10; dial++) {
    const { status } = rig.client;
    if (dial > 0) {
      assert(status.state === "connecting");
      assertEquals(status.attempt, dial + 1);
    }
    rig.socket.cut();
    if (dial < 9) await rig.redial();
  }
  const { status } = rig.client;
  assert(status.state === "waiting");
  assertEquals([status.closeCode, status.failures], [1006, 10]);
  assertStringIncludes(
    status.reason,
    "10 attempts and never a welcome: check url and token",
  );
  await rig.redial();
  assertEquals(rig.sockets.length, 11);
});

const broken: [string, (rig: Rig) => void | Promise<void>][] = [
  ["says nothing to the dial", (rig) => rig.clock.advance(15_000)],
  ["opens and does not welcome", (rig) => {
    rig.socket.accept();
    return rig.clock.advance(15_000);
  }],
  ["sends an event before the welcome", (rig) => {
    rig.socket.accept();
    rig.socket.events(1);
  }],
  ["sends text that is no JSON", (rig) => {
    rig.socket.welcome();
    rig.socket.sayText("{");
  }],
  ["sends a binary frame", (rig) => {
    rig.socket.welcome();
    rig.socket.sayText(new ArrayBuffer(2));
  }],
  ["sends an event without a place", (rig) => {
    rig.socket.welcome();
    rig.socket.say({ type: "event", seq: "7" });
  }],
  ["sends a frame without a type", (rig) => {
    rig.socket.welcome();
    rig.socket.say([]);
  }],
];

for (const [name, script] of broken) {
  Deno.test(`dials again when the bridge ${name}`, async () => {
    const rig = new Rig();
    const loop = rig.loop();
    await settle();
    await script(rig);
    assertEquals(rig.client.status.state, "waiting");
    assertEquals(rig.sockets[0]!.readyState >= 2, true);
    await rig.redial();
    assertEquals(rig.sockets.length, 2);
    await rig.client.close();
    assertEquals(await loop.ended, undefined);
    assertEquals(rig.clock.pending, 0);
  });
}

Deno.test("frames of types to come are passed over", async () => {
  await using rig = new Rig();
  const loop = rig.loop();
  await settle();
  rig.socket.welcome();
  rig.socket.say({ type: "weather" });
  rig.socket.events(101);
  await settle();
  assertEquals(loop.taken, [101]);
});

Deno.test("another version of the frame protocol is the end", async () => {
  const rig = new Rig();
  const loop = rig.loop();
  await settle();
  rig.socket.welcome("e1", 1, { protocol: 2 });
  const error = await loop.ended;
  assertInstanceOf(error, BridgeError);
  assertEquals(error.code, "bad_frame");
  assertEquals(rig.socket.closedWith?.code, 1000);
  assertEquals(rig.clock.pending, 0);
});

Deno.test("asks a silent bridge, and dials again when it does not answer", async () => {
  const rig = new Rig();
  rig.loop();
  await settle();
  const { socket } = rig;
  socket.welcome();
  socket.answersClose = false;
  await rig.clock.advance(20_000);
  socket.events(101);
  await rig.clock.advance(29_999);
  assertEquals(socket.commands(), []);
  await rig.clock.advance(1);
  assertEquals(socket.commands().map((frame) => frame.command), ["ping"]);
  await rig.clock.advance(5_000);
  socket.say({
    type: "result",
    id: socket.commands()[0]!.id,
    ok: true,
    data: {},
  });
  await rig.clock.advance(29_999);
  assertEquals(socket.commands().length, 1);
  await rig.clock.advance(1);
  assertEquals(socket.commands().length, 2);
  await rig.clock.advance(9_999);
  assertEquals(rig.client.status.state, "open");
  await rig.clock.advance(1);
  assertEquals(rig.client.status.state, "waiting");
  await rig.redial();
  assertEquals(rig.after, "e1:101");
  // What the old socket still has to say is nobody's.
  socket.events(102);
  rig.socket.welcome("e1", 101);
  rig.socket.events(102);
  await settle();
  assertEquals(rig.client.position, { epoch: "e1", seq: 102 });
  const closed = rig.client.close();
  await rig.clock.advance(2_000);
  await closed;
  assertEquals(rig.clock.pending, 0);
});

const endings: [string, (rig: Rig) => void | Promise<void>][] = [
  ["before it connects", () => {}],
  ["while it dials", () => settle()],
  ["while it is open", async (rig) => {
    await settle();
    rig.socket.welcome();
  }],
  ["while it waits", async (rig) => {
    await settle();
    rig.socket.cut();
  }],
];

for (const [name, script] of endings) {
  for (const how of ["close", "signal"] as const) {
    Deno.test(`ends by ${how} ${name}`, async () => {
      const controller = new AbortController();
      const rig = new Rig({ signal: controller.signal });
      const loop = rig.loop();
      await script(rig);
      if (how === "close") await rig.client[Symbol.asyncDispose]();
      else controller.abort();
      assertEquals(await loop.ended, undefined);
      assertEquals(await rig.client.closed(), undefined);
      assertEquals(rig.client.status, { state: "closed" });
      assertEquals(rig.clock.pending, 0);
      await rig.client.close();
      const dials = rig.sockets.length;
      const error = await assertRejects(() => rig.client.ping(), BridgeError);
      assertEquals(error.code, "closed");
      assertEquals(rig.sockets.length, dials);
    });
  }
}

Deno.test("a closing handshake that is not answered holds close up for 2 s", async () => {
  const rig = new Rig();
  rig.loop();
  await settle();
  rig.socket.welcome();
  rig.socket.answersClose = false;
  let closed = false;
  rig.client.close().then(() => closed = true);
  await rig.clock.advance(1_999);
  assertEquals(closed, false);
  await rig.clock.advance(1);
  assertEquals(closed, true);
  assertEquals(rig.clock.pending, 0);
});

Deno.test("a listener that throws and a constructor that throws are survived", async () => {
  let dials = 0;
  const states: string[] = [];
  await using rig = new Rig({
    onStatus: (status) => {
      states.push(JSON.stringify(status));
      throw new Error("listener");
    },
    WebSocket: class extends ScriptedSocket {
      constructor(url: string | URL) {
        super(url);
        dials++;
        throw new SyntaxError(`bad ${url} ${TOKEN}`);
      }
    },
  });
  rig.loop();
  await settle();
  await rig.clock.advance(500);
  assertEquals(dials, 2);
  assertStringIncludes(states[1]!, "the WebSocket cannot be made: SyntaxError");
  assertEquals(states.join().includes(TOKEN), false);
});

const url = "ws://bridge.test/ws";
const refusals: [Record<string, unknown>, ErrorConstructor, string][] = [
  [
    { url: "/ws?access_token=s" },
    TypeError,
    "Cannot use the bridge's url: it must be a whole URL",
  ],
  [
    { url: [] },
    TypeError,
    "Cannot use the bridge's url: the list is empty",
  ],
  [
    { url: "ftp://u:p@x/" },
    TypeError,
    "Cannot use the bridge's url: it must begin with ws: or wss:, got ftp:",
  ],
  [
    { url, token: "" },
    TypeError,
    "Cannot connect to the bridge: token must be a text that is not empty",
  ],
  [
    { url, WebSocket: {} },
    TypeError,
    "Cannot connect to the bridge: this runtime has no WebSocket; pass one as the option WebSocket, such as that of the package ws",
  ],
  [
    { url, accounts: [] },
    TypeError,
    "Cannot subscribe: accounts must name one at least, or be left out for all, got none",
  ],
  [
    { url, maxQueued: 0 },
    RangeError,
    "Cannot use maxQueued: it must be a whole number from 1, got 0",
  ],
  [
    { url, timeoutMs: 0 },
    RangeError,
    "Cannot use timeoutMs: it must be above 0, got 0",
  ],
  [
    { url, after: { epoch: "e", seq: -1 } },
    RangeError,
    "Cannot resume: the position's seq must be a whole number from 0, got -1",
  ],
];

for (const [options, kind, message] of refusals) {
  Deno.test(`refuses ${JSON.stringify(options)}`, () => {
    const error = assertThrows(
      () => new BridgeClient({ token: TOKEN, ...options } as never),
      kind,
    );
    assertEquals(error.message, message);
  });
}

for (
  const [name, advice] of [
    ["NotCapable", "run it with --allow-net=bridge.test:80"],
    ["PermissionDenied", "run it with --allow-net=bridge.test:80"],
    [
      "SecurityError",
      "a page that came over https: may only use wss: and https:, and no blocked port",
    ],
  ] as const
) {
  Deno.test(`BridgeClient: a ${name} of the WebSocket's constructor ends the loop and all commands at once`, async () => {
    let dials = 0;
    const rig = new Rig({
      WebSocket: class extends ScriptedSocket {
        constructor(url: string | URL) {
          super(url);
          dials++;
          throw Object.assign(new Error(`no ${url} ${TOKEN}`), { name });
        }
      },
    });
    const loop = rig.loop();
    const errors = [await loop.ended, await rig.client.ping().catch((e) => e)];
    const message =
      `Cannot connect to the bridge: this program may not reach bridge.test:80; ${advice}`;
    assertEquals(
      errors.map((error) =>
        error instanceof BridgeError &&
        [error.code, error.retriable, error.message, error.cause]
      ),
      [
        ["forbidden", false, message, undefined],
        ["forbidden", false, `Cannot do ping: ${message}`, undefined],
      ],
    );
    assertEquals([dials, rig.clock.pending], [1, 0]);
  });
}

Deno.test("BridgeClient: an error without a close counts as lost after a second", async () => {
  await using rig = new Rig();
  const command = rig.client.ping({ timeoutMs: 1_200 }).catch((error) => error);
  rig.socket.dispatchEvent(new Event("error"));
  await rig.clock.advance(999);
  assertEquals(rig.client.status.state, "connecting");
  await rig.clock.advance(1);
  assertEquals(rig.client.status.state, "waiting");
  await rig.clock.advance(200);
  const { code, message, cause } = await command;
  assertEquals(code, "timeout");
  const reason =
    "no connection: the bridge cannot be reached, or refuses token or Origin (the socket reported an error, and no close)";
  assertEquals(
    [message.endsWith(`within 1200 ms; ${reason}`), cause.message],
    [true, reason],
  );
});
