import type { AccountState, EventData, EventName } from "../../../mod.ts";
import { oneBotEvent, uinOfFlag } from "../../../bridge/onebot/events.ts";
import { assert, assertEquals } from "@std/assert";
import type { FakeClock } from "../../support/fake_clock.ts";
import { assertKind, EVENTS, type Fields } from "./field_lists.ts";
import { type Frame, Stage } from "./stage.ts";

const SINCE = "2005-11-24T00:00:00.000Z";

/** Each event of the bridge, and what becomes of it. */
const TABLE: {
  [N in EventName]: [data: EventData[N], fields?: Fields, more?: Frame][];
} = {
  "message": [
    [{ from: "10002", text: "[a] & b" }, EVENTS.message, {
      sub_type: "friend",
      message_id: 1,
      user_id: 10002,
      message: [{ type: "text", data: { text: "[a] & b" } }],
      message_format: "array",
      raw_message: "&#91;a&#93; &amp; b",
      font: 0,
      sender: { user_id: 10002, nickname: "Alice", sex: "female", age: 20 },
    }],
    [{ from: "10002", text: "" }, EVENTS.message, {
      message: [{ type: "text", data: { text: "" } }],
    }],
  ],
  "message.stranger": [
    [{ from: "10009", text: "hi" }, EVENTS.message, { sub_type: "other" }],
  ],
  "message.sent": [[{ to: "10002", text: "hi" }]],
  "presence": [
    [{ from: "10002", status: "invisible" }, EVENTS.friendStatus, {
      user_id: 10002,
      status: "invisible",
    }],
  ],
  "friend.request": [
    [{ from: "10009", text: "let me in" }, EVENTS.friendRequest, {
      user_id: 10009,
      comment: "let me in",
      flag: "10009:1",
    }],
  ],
  "friend.accepted": [
    [{ from: "10009", text: "" }, EVENTS.friendAdd, {
      user_id: 10009,
      event: "friend.accepted",
    }],
  ],
  "friend.added": [
    [{ from: "10009", text: "" }, EVENTS.friendAdd, {
      user_id: 10009,
      event: "friend.added",
    }],
  ],
  "friend.refused": [
    [{ from: "10009", text: "no" }, EVENTS.friendAddRefused, {
      user_id: 10009,
      comment: "no",
    }],
  ],
  "account.state": [
    [{ state: "connecting", since: SINCE }],
    [{ state: "online", since: SINCE }, EVENTS.botOnline, { user_id: 10001 }],
    [{ state: "penalised", since: SINCE }],
    [
      { state: "replaced", since: SINCE, reason: "elsewhere", action: "wait" },
      EVENTS.botOffline,
      { user_id: 10001, tag: "replaced", message: "elsewhere. wait" },
    ],
    [{ state: "refused", since: SINCE }, EVENTS.botOffline, { tag: "refused" }],
    [{ state: "offline", since: SINCE }, EVENTS.botOffline, { message: "" }],
  ],
  "account.removed": [
    [{}, EVENTS.botOffline, { user_id: 10001, tag: "removed" }],
  ],
  "unknown": [
    [{ code: 77, from: "10009", text: "x" }, EVENTS.unknown, {
      user_id: 10009,
      code: 77,
      comment: "x",
    }],
    [{ raw: "MT=1&UN=" }, EVENTS.unknown, { raw: "MT=1&UN=" }],
  ],
};

for (const [name, rows] of Object.entries(TABLE)) {
  for (const [data, fields, more = {}] of rows) {
    Deno.test(`events: ${name} ${JSON.stringify(data)}`, async () => {
      const stage = new Stage();
      // That it comes online is news only where it was not.
      stage.bridge.all[0] = { ...stage.bridge.all[0]!, state: "offline" };
      const client = await stage.client();
      await client.frames();
      await stage.bridge.push("10001", name as EventName, data as Frame);
      const [frame, ...others] = await client.frames();
      assertEquals(others, []);
      if (fields === undefined) return assertEquals(frame, undefined);
      assertKind(frame, { fields }, name);
      assertEquals(frame.seq, 1);
      assertEquals(frame.self_id, 10001);
      assertEquals(frame.time, Date.parse(SINCE) / 1000);
      for (const [field, value] of Object.entries(more)) {
        assertEquals(frame[field], value, field);
      }
    });
  }
}

Deno.test("events: of another account none comes", async () => {
  const stage = new Stage();
  const client = await stage.client("/onebot/v11/10001/event");
  await stage.bridge.push("10002");
  await stage.bridge.push("10001");
  assertEquals(await client.seqs(), [2]);
});

Deno.test("events: lifecycle first, then a heartbeat each 15 s with the true state", async () => {
  const stage = new Stage();
  const client = await stage.client();
  const [first, ...others] = await client.frames();
  assertEquals(others, []);
  assertKind(first, { fields: EVENTS.lifecycle });
  assertEquals(first.sub_type, "connect");
  assertEquals(first.self_id, 10001);
  const STATES = [
    ["online", true, true],
    ["penalised", true, false],
    ["replaced", false, false],
  ] as const;
  for (const [state, online, good] of STATES) {
    stage.bridge.all[0] = { ...stage.bridge.all[0]!, state };
    await stage.pass(14_000, client);
    assertEquals(await client.frames(), []);
    await stage.pass(1000, client);
    const [beat, ...more] = await client.frames();
    assertEquals(more, []);
    assertKind(beat, { fields: EVENTS.heartbeat });
    assertEquals(beat.status, { online, good, state });
  }
  for (const state of ["offline", "connecting", "refused"] as const) {
    stage.bridge.all[0] = { ...stage.bridge.all[0]!, state };
    await stage.pass(15_000, client);
    const [{ status }] = await client.frames();
    assertEquals(status, { online: false, good: false, state });
  }
  stage.bridge.all[0] = { ...stage.bridge.all[0]!, state: "online" };
  stage.bridge.journal.failure = new Error("disk full");
  await stage.pass(15_000, client);
  assertEquals((await client.frames())[0].status.good, false);
  stage.bridge.all.shift();
  await stage.pass(15_000, client);
  assertEquals((await client.frames())[0].status.online, false);
});

const STATES: [
  from: AccountState | undefined,
  states: AccountState[],
  expected: string[],
][] = [
  ["online", ["penalised", "online", "penalised", "online"], []],
  ["penalised", ["online"], []],
  ["offline", ["connecting", "online"], ["bot_online"]],
  ["online", ["replaced", "connecting", "online", "penalised", "online"], [
    "bot_offline",
    "bot_online",
  ]],
  ["online", ["offline", "refused", "offline"], [
    "bot_offline",
    "bot_offline",
    "bot_offline",
  ]],
  // What was before the first event is not known.
  [undefined, ["online", "penalised", "online"], ["bot_online"]],
  [undefined, ["penalised", "online"], []],
];

for (const [from, states, expected] of STATES) {
  Deno.test(`events: an account that was ${from ?? "?"}, then ${states}, is reported as ${expected}`, async () => {
    const stage = new Stage();
    if (from !== undefined) {
      stage.bridge.all[0] = { ...stage.bridge.all[0]!, state: from };
    }
    const path = `/onebot/v11/10001${from === undefined ? "?since=0" : ""}`;
    const push = async () => {
      for (const state of states) {
        const data = { state, since: SINCE };
        await stage.bridge.push("10001", "account.state", data);
      }
    };
    if (from === undefined) await push();
    const client = await stage.client(path);
    if (from !== undefined) await push();
    const frames = await client.frames();
    assertEquals(
      frames.map(({ notice_type }) => notice_type).filter(Boolean),
      expected,
    );
  });
}

Deno.test("events: the first of a sender waits for the name, the others behind it, in order", async () => {
  const stage = new Stage();
  const client = await stage.client();
  await client.frames();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  stage.bridge.script("profile", () => promise);
  await stage.bridge.push("10001");
  await stage.bridge.push("10001", "presence", {
    from: "10002",
    status: "busy",
  });
  assertEquals(await client.frames(), []);
  resolve({ profile: { uin: "10002", nickname: "小红" } });
  const [message, presence] = await client.frames();
  assertEquals([message.seq, presence.seq], [1, 2]);
  assertEquals(message.sender, {
    user_id: 10002,
    nickname: "小红",
    sex: "unknown",
    age: 0,
  });
  await stage.bridge.push("10001");
  assertEquals(await client.seqs(), [3]);
  assertEquals(stage.bridge.ran.length, 1);
});

Deno.test("events: a name that does not come is not waited for long", async () => {
  const stage = new Stage();
  const client = await stage.client();
  await client.frames();
  stage.bridge.script("profile", () => new Promise(() => {}));
  await stage.bridge.push("10001");
  await (stage.clock as FakeClock).advance(1499);
  assertEquals(await client.frames(), []);
  await (stage.clock as FakeClock).advance(1);
  const [message] = await client.frames();
  assertKind(message, { fields: EVENTS.message });
  assertEquals(message.sender.nickname, "");
});

Deno.test("events: a name that is not known leaves the message as it is", async () => {
  const stage = new Stage();
  const client = await stage.client();
  await client.frames();
  stage.bridge.script("profile", () => {
    throw new Error("offline");
  });
  await stage.bridge.push("10001");
  assertEquals((await client.frames())[0].sender.nickname, "");
  assertEquals(stage.failures, []);
});

Deno.test("events: the flag of a request contains who asked", () => {
  const event = oneBotEvent({
    type: "event",
    seq: 7,
    at: SINCE,
    account: "10001",
    event: "friend.request",
    data: { from: "10009", text: "" },
  }, "k3f9");
  assert(event !== undefined);
  assertEquals(uinOfFlag(String(event.flag)), "10009");
  for (const flag of ["", "10009", "10009:", ":7", "a:7", "10009:7x"]) {
    assertEquals(uinOfFlag(flag), undefined, flag);
  }
});
