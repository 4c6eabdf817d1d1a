import { EVENT_NAMES, type EventData, type EventName } from "../../../mod.ts";
import { assertEquals } from "@std/assert";
import { SatoriStage } from "./stage.ts";
import { assertEvent } from "./standard.ts";

const LOGIN = { sn: 10001, platform: "qq", user: { id: "10001" } };
const OTHER = { id: "10002", name: "n10002" };
const FROM = { from: "10002", text: 'a "<b>" & c' };
const CONTENT = "a &quot;&lt;b&gt;&quot; &amp; c";
const CHANNEL = { id: "private:10002", type: 1, name: "n10002" };

/** Each event of the bridge, and what a client gets except `sn`, `timestamp` and `login`. */
const TABLE: readonly [EventName, EventData[EventName], object][] = [
  ["message", FROM, {
    type: "message-created",
    channel: CHANNEL,
    user: OTHER,
    message: { id: "1", content: CONTENT, created_at: 1132790400000 },
  }],
  ["message.stranger", FROM, {
    type: "message-created",
    channel: CHANNEL,
    user: OTHER,
    message: { id: "1", content: CONTENT, created_at: 1132790400000 },
    _type: "qq/message-stranger",
    _data: FROM,
  }],
  ["message.sent", { to: "10002", text: "hi" }, {
    type: "internal",
    _type: "qq/message-sent",
    _data: { to: "10002", text: "hi" },
  }],
  ["presence", { from: "10002", status: "busy" }, {
    type: "internal",
    _type: "qq/friend-status",
    _data: { from: "10002", status: "busy" },
  }],
  ["friend.request", FROM, {
    type: "friend-request",
    user: OTHER,
    message: { id: "10002:1", content: CONTENT },
  }],
  ["friend.added", FROM, {
    type: "friend-added",
    user: OTHER,
    friend: { user: OTHER },
    _type: "qq/friend-added",
    _data: FROM,
  }],
  ["friend.accepted", FROM, {
    type: "friend-added",
    user: OTHER,
    friend: { user: OTHER },
    _type: "qq/friend-accepted",
    _data: FROM,
  }],
  ["friend.refused", FROM, {
    type: "internal",
    _type: "qq/friend-refused",
    _data: FROM,
  }],
  ["unknown", { code: 77, ...FROM }, {
    type: "internal",
    _type: "qq/unknown",
    _data: { code: 77, ...FROM },
  }],
  ["unknown", { raw: "MT=1" }, {
    type: "internal",
    _type: "qq/unknown",
    _data: { raw: "MT=1" },
  }],
];

Deno.test("satori: the table has every event except those that change a login", () => {
  const named = new Set(TABLE.map(([name]) => name));
  assertEquals(EVENT_NAMES.filter((name) => !named.has(name)), [
    "account.state",
    "account.removed",
  ]);
});

for (const [name, data, expected] of TABLE) {
  Deno.test(`satori: the event ${name} is sent as the standard has it`, async () => {
    const stage = new SatoriStage();
    const client = await stage.ready();
    await stage.bridge.push("10001", name, data);
    const [event, ...more] = await client.events();
    assertEquals(more, []);
    assertEvent(event);
    assertEquals(event, {
      sn: 1,
      timestamp: 1132790400000,
      login: LOGIN,
      ...expected,
    });
    assertEquals(stage.failures, []);
  });
}

for (
  const [state, status] of [
    ["offline", 0],
    ["connecting", 2],
    ["online", 1],
    ["penalised", 1],
    ["refused", 0],
    ["replaced", 0],
  ] as const
) {
  Deno.test(`satori: the state ${state} is sent as login-updated with ${status}`, async () => {
    const stage = new SatoriStage();
    const client = await stage.ready();
    const data = { state, since: "2005-11-24T00:00:00.000Z", reason: "why" };
    await stage.bridge.push("10001", "account.state", data);
    const [event] = await client.events();
    assertEvent(event);
    assertEquals(event.type, "login-updated");
    assertEquals(event.login.status, status);
    assertEquals(event.login.user, { id: "10001", name: "n10001" });
    assertEquals(event._data, data);
  });
}

Deno.test("satori: a sender who cannot be looked up has a number all the same", async () => {
  const stage = new SatoriStage();
  stage.bridge.script("profile", () => {
    throw new Error("nobody there");
  });
  const client = await stage.ready();
  await stage.bridge.push();
  const [event] = await client.events();
  assertEvent(event);
  assertEquals(event.user, { id: "10002" });
  assertEquals(event.channel, { id: "private:10002", type: 1 });
});

Deno.test("satori: an event waits so long for its sender's name, those behind it too, and no longer", async () => {
  const stage = new SatoriStage();
  stage.bridge.script("profile", () => new Promise(() => {}));
  const client = await stage.ready();
  await stage.bridge.push();
  await stage.bridge.push("10001", "presence", {
    from: "10003",
    status: "online",
  });
  assertEquals(await client.sns(), []);
  await stage.clock.advance(1500);
  assertEquals(await client.sns(), [1, 2]);
});
