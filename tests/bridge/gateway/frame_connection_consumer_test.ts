import { JournalLimitError } from "../../../bridge/journal/limits.ts";
import type { ServerFrame } from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeGateway } from "../../support/fake_socket.ts";

function codesOf(frames: ServerFrame[]): unknown[] {
  return frames.map((frame) =>
    frame.type === "result" && !frame.ok ? frame.error.code : frame.type
  );
}

Deno.test("a consumer's position is kept from its first connection", async () => {
  const gateway = new FakeGateway();
  const { bridge } = gateway;
  await bridge.push();
  const first = gateway.open({ consumer: "c" });
  for (let n = 0; n < 3; n++) await bridge.push();
  assertEquals(await first.seqs(), [2, 3, 4]);
  first.leave();
  const second = gateway.open({ consumer: "c" });
  assertEquals(await second.seqs(), [2, 3, 4]);
  assertEquals(await second.say({ type: "ack", seq: 3 }), []);
  second.leave();
  const third = gateway.open({ consumer: "c" });
  assertEquals(await third.seqs(), [4]);
  const elsewhere = gateway.open({ consumer: "c", after: "k3f9:0" });
  assertEquals(await elsewhere.seqs(), [1, 2, 3, 4]);
});

Deno.test("a second connection of a consumer replaces the first, which gets 4009", async () => {
  const gateway = new FakeGateway();
  const first = gateway.open({ consumer: "c" });
  const other = gateway.open({ consumer: "d" });
  const foreign = gateway.open({ consumer: "c" }, {
    grant: grantOf({ name: "another" }),
  });
  const second = gateway.open({ consumer: "c" });
  assertEquals(first.closeCode, 4009);
  for (const open of [other, foreign, second]) {
    assertEquals(open.closeCode, undefined);
  }
  first.leave();
  await gateway.bridge.push();
  assertEquals(await second.seqs(), [1]);
  const third = gateway.open({ consumer: "c" });
  assertEquals([second.closeCode, third.closeCode], [4009, undefined]);
});

Deno.test("a consumer is sent 256 events, and is closed with 1013 if it acknowledges none", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open({ consumer: "c" });
  for (let n = 0; n < 400; n++) await gateway.bridge.push();
  assertEquals((await client.seqs()).length, 256);
  await gateway.pass(20_000, client);
  assertEquals((await client.say({ type: "ack", seq: 10 })).length, 10);
  await gateway.pass(29_000, client);
  // A repetition changes nothing.
  await client.say({ type: "ack", seq: 10 });
  assertEquals(client.closeCode, undefined);
  await gateway.pass(2000, client);
  assertEquals(client.closeCode, 1013);
});

Deno.test("an ack of an event that was not sent is answered with bad_params", async () => {
  const gateway = new FakeGateway();
  for (let n = 0; n < 3; n++) await gateway.bridge.push();
  const client = gateway.open({ consumer: "c" });
  await client.frames();
  assertEquals(codesOf(await client.say({ type: "ack", seq: 4 })), [
    "bad_params",
  ]);
  assertEquals(await client.say({ type: "ack", seq: 3 }), []);
});

Deno.test("a gap may be acknowledged", async () => {
  const gateway = new FakeGateway();
  const client = gateway.open({ consumer: "c" });
  client.socket.reads = false;
  const text = "x".repeat(30_000);
  for (let n = 0; n < 30; n++) {
    await gateway.bridge.push("10001", "message", { from: "10002", text });
  }
  gateway.bridge.hub.close();
  client.leave();
  gateway.bridge.journal.trimTo(21);
  const back = gateway.open({ consumer: "c" });
  const gap = (await back.frames()).find(({ type }) => type === "gap");
  assert(gap?.type === "gap");
  assertEquals([gap.from, gap.to], [1, 20]);
  assertEquals(await back.say({ type: "ack", seq: 20 }), []);
});

Deno.test("events outside a consumer's filter are no gap after they are trimmed", async () => {
  const gateway = new FakeGateway();
  const { bridge } = gateway;
  const query = { consumer: "c", events: "friend" };
  const first = gateway.open(query);
  await bridge.push("10001", "friend.added", { from: "10002", text: "" });
  for (let n = 0; n < 1500; n++) await bridge.push();
  await gateway.pass(2000, first);
  assertEquals(bridge.journal.kept(), [0], "moved past an event not acked");
  await first.say({ type: "ack", seq: 1 });
  await gateway.pass(2000, first);
  assertEquals(bridge.journal.kept(), [1501]);
  first.leave();
  bridge.journal.trimTo(1400);
  const second = gateway.open(query);
  await bridge.push("10001", "friend.added", { from: "10002", text: "" });
  assertEquals(codesOf(await second.frames()), ["welcome", "event"]);
});

Deno.test("a gap that a consumer has not acknowledged is sent again, also with a filter", async () => {
  const gateway = new FakeGateway();
  const { bridge } = gateway;
  const query = { consumer: "c", events: "friend" };
  gateway.open(query).leave();
  for (let n = 0; n < 3000; n++) await bridge.push();
  bridge.journal.trimTo(1000);
  for (let times = 0; times < 2; times++) {
    const client = gateway.open(query);
    await gateway.pass(2000, client);
    assertEquals(codesOf(await client.frames()), ["welcome", "gap"]);
    client.leave();
  }
});

Deno.test("a new consumer whose position cannot be stored is closed with 1013", async () => {
  const gateway = new FakeGateway();
  const { journal } = gateway.bridge;
  journal.resetPosition = () => Promise.reject(new Error("too many consumers"));
  const client = gateway.open({ consumer: "c", after: "k3f9:0" });
  await gateway.bridge.push();
  await gateway.pass(1000);
  assertEquals(await client.frames(), [], "nothing is sent before it is kept");
  assertEquals(client.closeCode, 1013);
  assertEquals(gateway.failures.length, 1);
});

Deno.test("a new consumer over the quota is answered with an error, and not logged", async () => {
  const gateway = new FakeGateway();
  const { journal } = gateway.bridge;
  journal.resetPosition = () =>
    Promise.reject(new JournalLimitError("consumers", "at most so many"));
  const client = gateway.open({ consumer: "c" });
  await gateway.pass(1000);
  assertEquals(codesOf(await client.frames()), ["overloaded"]);
  assertEquals(client.closeCode, 1013);
  assertEquals(gateway.failures, []);
});

for (const by of ["query", "subscribe"]) {
  Deno.test(`a position that a consumer asks for becomes its stored one, also an earlier one: ${by}`, async () => {
    const gateway = new FakeGateway();
    for (let n = 0; n < 6; n++) await gateway.bridge.push();
    const first = gateway.open({ consumer: "c", after: "k3f9:0" });
    await first.say({ type: "ack", seq: 6 });
    assertEquals(gateway.bridge.journal.kept(), [6]);
    const after = { epoch: "k3f9", seq: 2 };
    const back = by === "query"
      ? gateway.open({ consumer: "c", after: "k3f9:2" })
      : first;
    const frames = by === "query"
      ? await back.frames()
      : await back.say({ type: "subscribe", id: 1, after });
    assertEquals(frames.length, 5);
    // It had received only the first of them when it was cut.
    await back.say({ type: "ack", seq: 3 });
    back.leave();
    const next = gateway.open({ consumer: "c" });
    assertEquals(await next.seqs(), [4, 5, 6]);
  });
}

Deno.test("frames that arrive while a position is stored wait, within limits", async () => {
  const gateway = new FakeGateway();
  const { journal } = gateway.bridge;
  const stored = Promise.withResolvers<void>();
  const { resetPosition } = journal;
  journal.resetPosition = async (...place) => {
    await stored.promise;
    await resetPosition.apply(journal, place);
  };
  const ping = { type: "command", id: 1, command: "ping" };
  const client = gateway.open({ consumer: "c" });
  assertEquals(await client.say(ping), []);
  const greedy = gateway.open({ consumer: "d" });
  await greedy.say(...Array.from({ length: 129 }, () => ping));
  assertEquals(greedy.closeCode, 1013);
  stored.resolve();
  assertEquals(codesOf(await client.frames()), ["welcome", "result"]);
});

Deno.test("welcome.after is the position after which the frames start, including a gap", async () => {
  const gateway = new FakeGateway();
  const { bridge } = gateway;
  for (let n = 0; n < 9; n++) await bridge.push();
  bridge.journal.trimTo(4);
  gateway.open({ consumer: "kept", after: "k3f9:5" }).leave();
  const cases: [Record<string, string>, number, gap?: [number, number]][] = [
    [{}, 9],
    [{ after: "k3f9:6" }, 6],
    [{ after: "k3f9:1" }, 1, [2, 3]],
    [{ after: "k3f9:12" }, 9, [10, 12]],
    [{ after: "other:8" }, 0, [1, 3]],
    [{ consumer: "new" }, 9],
    [{ consumer: "kept" }, 5],
    [{ consumer: "a", after: "k3f9:1" }, 1, [2, 3]],
    [{ consumer: "b", after: "other:8" }, 0, [1, 3]],
  ];
  for (const [query, seq, gap] of cases) {
    const [welcome, next] = await gateway.open(query).frames();
    assert(welcome?.type === "welcome");
    assertEquals(welcome.after, { epoch: "k3f9", seq }, JSON.stringify(query));
    const sent = next?.type === "gap" ? [next.from, next.to] : undefined;
    assertEquals(sent, gap, JSON.stringify(query));
    // A consumer that is cut now is sent the same again.
    if (query["consumer"] !== undefined) {
      assertEquals(
        bridge.journal.position(`test/${query["consumer"]}`),
        seq,
      );
    }
  }
});

Deno.test("a consumer that is new to a journal in memory is sent a gap", async () => {
  const gateway = new FakeGateway();
  Object.assign(gateway.bridge.journal, { durable: false });
  for (let n = 0; n < 3; n++) await gateway.bridge.push();
  const client = gateway.open({ consumer: "c" });
  const [, gap, ...more] = await client.frames();
  assert(gap?.type === "gap");
  assertEquals([gap.from, gap.to, gap.reason, more], [1, 3, "epoch", []]);
  await client.say({ type: "ack", seq: 3 });
  client.leave();
  assertEquals(codesOf(await gateway.open({ consumer: "c" }).frames()), [
    "welcome",
  ]);
});
