import { CommandError } from "../../../bridge/errors/command_error.ts";
import {
  DEFAULT_LIMITS,
  type ErrorCode,
  type GapFrame,
  type ResultFrame,
  type ServerFrame,
} from "../../../mod.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeGateway } from "../../support/fake_socket.ts";

function codeOf(frame: ServerFrame | undefined): ErrorCode | "ok" | undefined {
  if (frame?.type !== "result") return undefined;
  return frame.ok ? "ok" : frame.error.code;
}

function result(frames: ServerFrame[]): ResultFrame {
  const [frame, ...more] = frames;
  assertEquals(more, []);
  assert(frame?.type === "result");
  return frame;
}

Deno.test("the first frame is welcome, with the accounts of the token", async () => {
  const gateway = new FakeGateway();
  await gateway.bridge.push();
  const client = gateway.open({}, { grant: grantOf({ accounts: ["10002"] }) });
  assertEquals(await client.frames(), [{
    type: "welcome",
    protocol: 1,
    epoch: "k3f9",
    seq: 1,
    after: { epoch: "k3f9", seq: 1 },
    accounts: [{
      uin: "10002",
      nickname: "n10002",
      state: "online",
      since: new Date(gateway.clock.now()).toISOString(),
    }],
    limits: DEFAULT_LIMITS,
  }]);
});

Deno.test("welcome lists the accounts that the client asks for", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open({ accounts: "10002" });
  const [welcome] = await client.frames();
  assert(welcome?.type === "welcome");
  assertEquals(welcome.accounts.map(({ uin }) => uin), ["10002"]);
});

Deno.test("a token without the scope read gets welcome, and no accounts or events", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open({}, { grant: grantOf({ scopes: ["send"] }) });
  const [welcome] = await client.frames();
  assert(welcome?.type === "welcome");
  assertEquals(welcome.accounts, []);
  await gateway.bridge.push();
  assertEquals(await client.frames(), []);
  const answer = await client.say({ type: "subscribe", id: 1 });
  assertEquals(codeOf(result(answer)), "forbidden");
});

const QUERIES: [query: Record<string, string>, seqs: number[]][] = [
  [{ accounts: "10002" }, [3]],
  [{ accounts: "10001,10002", events: "message" }, [2, 3, 4]],
  [{ events: "message.sent" }, [4]],
  [{ events: "presence,friend" }, [5]],
  [{ after: "k3f9:0" }, [1, 2, 3, 4, 5]],
  [{ after: "k3f9:1" }, [2, 3, 4, 5]],
];
for (const [query, seqs] of QUERIES) {
  Deno.test(`?${new URLSearchParams(query)} gives ${seqs}`, async () => {
    const gateway = new FakeGateway();
    const { bridge } = gateway;
    await bridge.push();
    const client = gateway.open(query);
    await bridge.push();
    await bridge.push("10002");
    await bridge.push("10001", "message.sent", { to: "10002", text: "hi" });
    await bridge.push("10001", "presence", { from: "10002", status: "busy" });
    assertEquals(await client.seqs(), seqs);
  });
}

const GAPS: [
  what: string,
  after: string,
  oldest: number,
  gap: Omit<GapFrame, "type" | "epoch">,
  seqs: number[],
][] = [
  [
    "trimmed",
    "k3f9:1",
    4,
    { from: 2, to: 3, reason: "trimmed" },
    [4, 5],
  ],
  ["epoch", "zzzz:9", 2, { from: 1, to: 1, reason: "epoch" }, [2, 3, 4, 5]],
  ["ahead", "k3f9:90", 1, { from: 6, to: 90, reason: "ahead" }, []],
];
for (const [what, after, oldest, gap, seqs] of GAPS) {
  for (const by of ["query", "subscribe"]) {
    Deno.test(`a position by ${by} that is ${what} is answered with gap`, async () => {
      const gateway = new FakeGateway();
      for (let n = 0; n < 5; n++) await gateway.bridge.push();
      gateway.bridge.journal.trimTo(oldest);
      const client = gateway.open(by === "query" ? { after } : {});
      const [epoch, seq] = after.split(":");
      const frames = by === "query" ? await client.frames() : await client.say({
        type: "subscribe",
        id: 1,
        after: { epoch, seq: Number(seq) },
      });
      const rest = frames.slice(frames.findIndex(({ type }) => type === "gap"));
      assertEquals(rest[0], { type: "gap", epoch: "k3f9", ...gap });
      assertEquals(
        rest.slice(1).map((frame) => frame.type === "event" && frame.seq),
        seqs,
      );
    });
  }
}

const BAD_FRAMES: [text: string, id: unknown, code: ErrorCode][] = [
  ["{", null, "bad_frame"],
  ['{"type":"order","id":7}', 7, "bad_frame"],
  ['{"type":"__proto__","id":7}', 7, "bad_frame"],
  ['{"type":"command","id":"a"}', "a", "bad_frame"],
  ['{"type":"command","id":{},"command":"ping"}', null, "bad_frame"],
  ['{"type":"subscribe","id":3,"accounts":"10001"}', 3, "bad_frame"],
  ['{"type":"ack","seq":-1}', null, "bad_frame"],
  ['{"type":"ack","seq":1}', null, "bad_params"],
  ['{"type":"command","id":1,"command":"fly"}', 1, "unknown_command"],
  ['{"type":"command","id":1,"command":"constructor"}', 1, "unknown_command"],
  [
    '{"type":"command","id":1,"account":"10001","command":"send","params":{}}',
    1,
    "bad_params",
  ],
  [
    '{"type":"command","id":1,"account":"99999","command":"friends"}',
    1,
    "unknown_account",
  ],
  ['{"type":"subscribe","id":1,"accounts":["10001","x"]}', 1, "bad_frame"],
];
for (const [text, id, code] of BAD_FRAMES) {
  Deno.test(`${text.slice(0, 60) || "nothing"} is answered with ${code}`, async () => {
    const client = new FakeGateway().open();
    await client.frames();
    const answer = result(await client.say(text));
    assertEquals([answer.id, codeOf(answer)], [id as string, code]);
    assertEquals(client.closeCode, undefined);
  });
}

Deno.test("a command's result has its id, as a text or a number", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open();
  await client.frames();
  gateway.bridge.script("send", () => ({ seq: 4 }));
  for (const id of ["a1", 7, 1.5, "", 0]) {
    const command = {
      type: "command",
      id,
      account: "10001",
      command: "send",
      params: { to: "10002", text: "hi" },
      key: "k",
    };
    assertEquals(await client.say(command), [
      { type: "result", id, ok: true, data: { seq: 4 } },
    ]);
  }
  assertEquals(gateway.bridge.ran[0]!.request, {
    command: "send",
    account: "10001",
    params: { to: "10002", text: "hi" },
    key: "k",
    from: { connection: undefined, address: undefined },
  });
});

Deno.test("a command's error has code, retriable and retryAfterMs", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open();
  await client.frames();
  gateway.bridge.script("friends", () => {
    throw new CommandError("penalised", "too fast", { retryAfterMs: 20_000 });
  });
  const command = {
    type: "command",
    id: 1,
    account: "10001",
    command: "friends",
  };
  assertEquals(await client.say(command), [{
    type: "result",
    id: 1,
    ok: false,
    error: {
      code: "penalised",
      message: "too fast",
      retriable: true,
      retryAfterMs: 20_000,
    },
  }]);
});

Deno.test("a connection without hello within 10 s is closed with 4001", async () => {
  const gateway = new FakeGateway();
  gateway.grants.good = grantOf();
  const late = gateway.open({}, { grant: "hello" });
  const good = gateway.open({}, { grant: "hello" });
  assertEquals(await late.frames(), []);
  assertEquals(
    (await late.say({ type: "command", id: 5, command: "ping" }))
      .map((frame) => [codeOf(frame), frame.type === "result" && frame.id]),
    [["bad_frame", 5]],
  );
  const [welcome] = await good.say({ type: "hello", token: "good" });
  assertEquals(welcome?.type, "welcome");
  await gateway.pass(10_000, late, good);
  assertEquals(late.closeCode, 4001);
  assertEquals(good.closeCode, undefined);
  await gateway.bridge.push();
  assertEquals(await good.seqs(), [1]);
});

Deno.test("a wrong hello is closed with 1008, as late as a wrong token before the upgrade", async () => {
  const gateway = new FakeGateway();
  let answer: (waited: boolean) => void = () => {};
  const gate = {
    refused: () => new Promise<boolean>((resolve) => answer = resolve),
  };
  for (const [waited, code] of [[true, 1008], [false, 1013]] as const) {
    const client = gateway.open({}, { grant: "hello", gate });
    assertEquals(await client.say({ type: "hello", token: "wrong" }), []);
    assertEquals(client.closeCode, undefined);
    gateway.grants.good = grantOf();
    assertEquals(await client.say({ type: "hello", token: "good" }), []);
    answer(waited);
    await client.frames();
    assertEquals(client.closeCode, code);
  }
});

Deno.test("the delay of a wrong hello ends when the client disconnects", async () => {
  const gateway = new FakeGateway();
  let signal: AbortSignal | undefined;
  const gate = {
    refused: (ended: AbortSignal) => {
      signal = ended;
      return new Promise<boolean>(() => {});
    },
  };
  const client = gateway.open({}, { grant: "hello", gate });
  await client.say({ type: "hello", token: "wrong" });
  assertEquals(signal?.aborted, false);
  client.leave();
  assertEquals(signal?.aborted, true);
});

Deno.test("hello with a subscription outside the token is answered with an error and 1008", async () => {
  const gateway = new FakeGateway();
  gateway.grants.one = grantOf({ accounts: ["10001"] });
  const client = gateway.open({ accounts: "10002" }, { grant: "hello" });
  const answer = await client.say({ type: "hello", token: "one" });
  assertEquals(codeOf(result(answer)), "unknown_account");
  assertEquals(client.closeCode, 1008);
});

Deno.test("subscribe narrows, moves back, and returns the position after which it continues", async () => {
  const gateway = new FakeGateway();
  const { bridge } = gateway;
  const client = gateway.open();
  await bridge.push("10001");
  await bridge.push("10002");
  await client.frames();
  assertEquals(
    await client.say({ type: "subscribe", id: 2, accounts: ["10002"] }),
    [{ type: "result", id: 2, ok: true, data: { epoch: "k3f9", seq: 2 } }],
  );
  await bridge.push("10001");
  await bridge.push("10002");
  assertEquals(await client.seqs(), [4]);
  const again = await client.say({
    type: "subscribe",
    id: 3,
    after: { epoch: "k3f9", seq: 0 },
  });
  assertEquals(
    again.map((frame) => frame.type === "event" ? frame.seq : frame.type),
    ["result", 1, 2, 3, 4],
  );
});

Deno.test("subscribe outside the token is unknown_account, and changes nothing", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open({}, { grant: grantOf({ accounts: ["10001"] }) });
  await client.frames();
  const answer = await client.say({
    type: "subscribe",
    id: 1,
    accounts: ["10002"],
  });
  assertEquals(codeOf(result(answer)), "unknown_account");
  await gateway.bridge.push("10002");
  await gateway.bridge.push("10001");
  assertEquals(await client.seqs(), [2]);
});

Deno.test("an unexpected error is reported, and closes with 1011", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open();
  await client.frames();
  client.socket.send = () => {
    throw new Error("broken");
  };
  await client.say("{");
  assertEquals(client.closeCode, 1011);
  assertMatch(String(gateway.failures[0]), /broken/);
});

Deno.test("a connection that has ended leaves no timer and no cursor", async () => {
  const gateway = new FakeGateway();
  const waiting = gateway.open({}, { grant: "hello" });
  const following = gateway.open({ consumer: "c" });
  const behind = gateway.open({ after: "k3f9:0" });
  behind.socket.reads = false;
  for (const client of [waiting, following, behind]) client.leave();
  assertEquals(gateway.clock.pending, 0);
  const before = [following, behind].map(({ socket }) => socket.sent.length);
  await gateway.bridge.push();
  assertEquals(
    [following, behind].map(({ socket }) => socket.sent.length),
    before,
  );
});
