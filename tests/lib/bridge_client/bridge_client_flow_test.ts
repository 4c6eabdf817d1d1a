import { assert, assertEquals } from "@std/assert";
import { settle } from "../../support/fake_clock.ts";
import { Rig } from "./scripted_socket.ts";

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

Deno.test("past its bound the client lets go of the connection, and resumes when half is taken", async () => {
  await using rig = new Rig({ maxQueued: 10 });
  const loop = rig.loop();
  await loop.allow(1);
  rig.socket.welcome("e1", 0);
  rig.socket.events(1);
  await settle();
  rig.socket.events(...range(2, 11));
  assertEquals(rig.client.status.state, "open");
  rig.socket.events(...range(12, 40));
  await settle();
  assertEquals(rig.client.status, { state: "paused" });
  assertEquals(rig.sockets[0]!.closedWith?.code, 1000);
  await loop.allow(5);
  assertEquals([loop.taken.length, rig.sockets.length], [6, 1]);
  await rig.clock.advance(600_000);
  assertEquals(rig.sockets.length, 1);
  await loop.allow(2);
  assertEquals(rig.sockets.length, 2);
  assertEquals(rig.after, "e1:11");
  await loop.allow(Infinity);
  rig.socket.welcome("e1", 40);
  for (const seq of range(12, 40)) {
    rig.socket.events(seq);
    await settle();
  }
  assertEquals(loop.taken, range(1, 40));
});

for (const consumer of [undefined, "bot"]) {
  Deno.test(`a gap of one account is given, and leaves the position as it was: ${consumer ?? "no consumer"}`, async () => {
    await using rig = new Rig(consumer === undefined ? {} : { consumer });
    const loop = rig.loop();
    await loop.allow(100);
    rig.socket.welcome("e1", 40, { after: { epoch: "e1", seq: 3 } });
    rig.socket.events(4);
    rig.socket.say({
      type: "gap",
      epoch: "e1",
      account: "10001",
      from: 5,
      to: 30,
      reason: "trimmed",
    });
    await settle();
    assertEquals(loop.taken, [4, "trimmed 5-30"]);
    assertEquals(rig.client.position?.seq, 4);
    // Events of other accounts within the gap still come.
    rig.socket.events(11, 31);
    await settle();
    assertEquals(loop.taken, [4, "trimmed 5-30", 11, 31]);
    rig.socket.cut();
    await rig.redial();
    assertEquals(rig.after, "e1:31");
  });
}

Deno.test("the bound holds by default at 1,024", async () => {
  await using rig = new Rig();
  const loop = rig.loop();
  await loop.allow(1);
  rig.socket.welcome("e1", 0);
  rig.socket.events(1);
  await settle();
  rig.socket.events(...range(2, 1_025));
  assertEquals(rig.client.status.state, "open");
  rig.socket.events(1_026);
  assertEquals(rig.client.status.state, "paused");
});

Deno.test("commands pass while the queue is full, and its events come all the same", async () => {
  await using rig = new Rig({ maxQueued: 4 });
  const loop = rig.loop();
  await loop.allow(1);
  rig.socket.welcome("e1", 0);
  rig.socket.events(1);
  await settle();
  rig.socket.events(...range(2, 8));
  assertEquals(rig.client.status.state, "paused");
  const ping = rig.client.ping();
  await settle();
  assertEquals([rig.sockets.length, rig.after], [2, "e1:5"]);
  rig.socket.welcome("e1", 8);
  rig.socket.events(6, 7, 8);
  assertEquals(rig.client.status.state, "open");
  rig.socket.answer({ at: "now" });
  await ping;
  assertEquals(rig.client.status.state, "paused");
  await loop.allow(Infinity);
  assertEquals([rig.sockets.length, rig.after], [3, "e1:5"]);
  rig.socket.welcome("e1", 8);
  rig.socket.events(6, 7, 8);
  await settle();
  assertEquals(loop.taken, range(1, 8));
});

Deno.test("what happens between a first command and the first loop is not lost, nor held", async () => {
  await using rig = new Rig({ maxQueued: 4 });
  const ping = rig.client.ping();
  await settle();
  rig.socket.welcome("e1", 10);
  rig.socket.events(...range(11, 40));
  rig.socket.answer();
  await ping;
  assertEquals(rig.client.status.state, "open");
  assertEquals(rig.client.position, { epoch: "e1", seq: 10 });
  const loop = rig.loop();
  await settle();
  assertEquals([rig.sockets.length, rig.after], [2, "e1:10"]);
  rig.socket.welcome("e1", 40);
  for (const seq of range(11, 40)) {
    rig.socket.events(seq);
    await settle();
  }
  assertEquals(loop.taken, range(11, 40));
});

Deno.test("a loop after commands keeps the connection where no event was let pass", async () => {
  await using rig = new Rig();
  const ping = rig.client.ping();
  await settle();
  rig.socket.welcome("e1", 10);
  rig.socket.answer();
  await ping;
  const loop = rig.loop();
  await settle();
  rig.socket.events(11);
  await settle();
  assertEquals([rig.sockets.length, loop.taken], [1, [11]]);
});

Deno.test("what waits in the queue is handed out before a final close throws", async () => {
  const rig = new Rig();
  const loop = rig.loop();
  await loop.allow(1);
  rig.socket.welcome("e1", 0);
  rig.socket.events(1);
  await settle();
  rig.socket.events(2, 3);
  rig.socket.cut(4003);
  await settle();
  await loop.allow(Infinity);
  assert(await loop.ended instanceof Error);
  assertEquals(loop.taken, [1, 2, 3]);
});

Deno.test("a consumer acknowledges what the loop is done with: every second", async () => {
  const rig = new Rig({ consumer: "me" });
  const loop = rig.loop();
  await settle();
  assertEquals(rig.socket.url.searchParams.get("consumer"), "me");
  assertEquals(rig.client.position, undefined);
  rig.socket.welcome("e1", 100);
  assertEquals(rig.client.position, undefined);
  await loop.allow(3);
  rig.socket.events(41, 42, 43, 44);
  await rig.clock.advance(999);
  assertEquals(loop.taken, [41, 42, 43]);
  assertEquals(rig.socket.acks(), []);
  await rig.clock.advance(1);
  assertEquals(rig.socket.acks(), [42]);
  await rig.clock.advance(10_000);
  assertEquals(rig.socket.acks(), [42]);
  await loop.allow(1);
  assertEquals(loop.taken, [41, 42, 43, 44]);
  await rig.client.close();
  assertEquals(rig.socket.acks(), [42, 43]);
  assertEquals(rig.clock.pending, 0);
});

Deno.test("a consumer acknowledges every 100 events, and what is said by hand", async () => {
  await using rig = new Rig({ consumer: "me" });
  const loop = rig.loop();
  await settle();
  rig.socket.welcome("e1", 0);
  rig.socket.events(...range(1, 250));
  while (loop.taken.length < 250) await settle();
  assertEquals(rig.socket.acks(), [100, 200]);
  await rig.clock.advance(1_000);
  assertEquals(rig.socket.acks(), [100, 200, 250]);
});

Deno.test("acknowledge before a break spares the consumer the event", async () => {
  const rig = new Rig({ consumer: "me" });
  const done = (async () => {
    for await (const _ of rig.client) {
      rig.client.acknowledge();
      break;
    }
    await rig.client.close();
  })();
  await settle();
  rig.socket.welcome("e1", 0);
  rig.socket.events(1, 2);
  await done;
  assertEquals(rig.socket.acks(), [1]);
});

Deno.test("a consumer resumes after what its loop has handled, whatever was acknowledged", async () => {
  await using rig = new Rig({
    consumer: "me",
    after: { epoch: "e1", seq: 40 },
  });
  const loop = rig.loop();
  await settle();
  assertEquals(rig.after, "e1:40");
  rig.socket.welcome("e1", 100, { after: { epoch: "e1", seq: 40 } });
  rig.socket.events(41, 42);
  await settle();
  rig.socket.cut();
  await rig.redial();
  assertEquals(rig.after, "e1:42");
  rig.socket.welcome("e1", 100, { after: { epoch: "e1", seq: 42 } });
  rig.socket.events(43);
  await rig.clock.advance(1_000);
  assertEquals(rig.socket.acks(), [42, 43]);
  await loop.allow(1);
  rig.socket.events(44, 45);
  await settle();
  rig.socket.cut();
  await rig.redial();
  // The loop is still at work on 44: the bridge would keep a later position.
  assertEquals(rig.after, "e1:43");
  rig.socket.welcome("e1", 100, { after: { epoch: "e1", seq: 43 } });
  await loop.allow(100);
  assertEquals(rig.socket.acks(), [43]);
  rig.socket.events(44, 45, 46);
  await rig.clock.advance(1_000);
  assertEquals(rig.socket.acks(), [43, 46]);
  rig.socket.cut();
  await rig.redial();
  // A bridge with another journal gets the position in the former one.
  assertEquals(rig.after, "e1:46");
  rig.socket.welcome("e2", 5, { after: { epoch: "e2", seq: 0 } });
  assertEquals(rig.socket.acks(), []);
  rig.socket.gap("e2", 1, 3, "epoch");
  rig.socket.events(4);
  await rig.clock.advance(1_000);
  assertEquals(rig.socket.acks(), [4]);
  assertEquals(loop.taken, [41, 42, 43, 44, 45, 46, "epoch 1-3", 4]);
});

Deno.test("a consumer without a position resumes where its first connection began", async () => {
  await using rig = new Rig({ consumer: "me" });
  const loop = rig.loop();
  await settle();
  assertEquals(rig.after, null);
  rig.socket.welcome("e1", 100, { after: { epoch: "e1", seq: 60 } });
  assertEquals(rig.client.position, { epoch: "e1", seq: 60 });
  rig.socket.cut();
  await rig.redial();
  assertEquals(rig.after, "e1:60");
  // The journal is made anew, and the welcome is lost on the way.
  rig.socket.cut();
  await rig.redial();
  assertEquals(rig.after, "e1:60");
  rig.socket.welcome("e2", 9, { after: { epoch: "e2", seq: 0 } });
  rig.socket.gap("e2", 1, 4, "epoch");
  rig.socket.events(5);
  await settle();
  assertEquals(loop.taken, ["epoch 1-4", 5]);
});

for (const consumer of [undefined, "me"]) {
  const who = consumer === undefined ? "a client" : "a consumer";
  Deno.test(`a journal that went back: ${who} is given a gap, then every event`, async () => {
    await using rig = new Rig(consumer === undefined ? {} : { consumer });
    const loop = rig.loop();
    await settle();
    rig.socket.welcome("e1", 0, { after: { epoch: "e1", seq: 0 } });
    await loop.allow(5);
    rig.socket.events(...range(1, 10));
    await settle();
    assertEquals(loop.taken, range(1, 5));
    const handled = () => rig.client.handled?.seq;
    rig.socket.cut();
    await rig.redial();
    assertEquals(rig.after, consumer === undefined ? "e1:10" : "e1:4");
    // Put back to a copy that ends at 7.
    const from = Number(rig.after!.split(":")[1]);
    rig.socket.welcome("e1", 7, {
      after: { epoch: "e1", seq: Math.min(from, 7) },
    });
    if (from > 7) {
      rig.socket.gap("e1", 8, from, "ahead");
    }
    rig.socket.events(...range(Math.min(from, 7) + 1, 9));
    await settle();
    await loop.allow(5);
    // What it had beyond the copy's end is no position of this journal.
    assertEquals(loop.taken, range(1, 10));
    assertEquals([handled(), rig.client.position?.seq], [7, 7]);
    rig.socket.cut();
    await rig.redial();
    assertEquals(rig.after, consumer === undefined ? "e1:9" : "e1:7");
    rig.socket.welcome("e1", 12, { after: { epoch: "e1", seq: 7 } });
    rig.socket.events(...range(8, 12));
    await loop.allow(100);
    assertEquals(
      loop.taken,
      [...range(1, 10), "ahead 8-10", ...range(8, 12)],
    );
  });
}

Deno.test("a consumer says again what the bridge has forgotten, as far as it is sent again", async () => {
  await using rig = new Rig({ consumer: "me" });
  const loop = rig.loop();
  await settle();
  rig.socket.welcome("e1", 0);
  rig.socket.events(...range(1, 300));
  while (loop.taken.length < 300) await settle();
  await rig.clock.advance(1_000);
  assertEquals(rig.socket.acks(), [100, 200, 300]);
  rig.socket.cut();
  await rig.redial();
  rig.socket.welcome("e1", 300);
  // The bridge goes on behind 20, and sends no more than 256 without an ack.
  rig.socket.events(...range(21, 276));
  await rig.clock.advance(1_000);
  assertEquals(rig.socket.acks(), [300, 120, 220, 276]);
  rig.socket.events(...range(277, 301));
  await rig.clock.advance(1_000);
  assertEquals(rig.socket.acks().at(-1), 301);
  assertEquals(loop.taken, range(1, 301));
});

Deno.test("a client whose place is of another journal than that it asked for asks again, and is given the gap", async () => {
  await using rig = new Rig({ consumer: "me", after: { epoch: "e1", seq: 3 } });
  const loop = rig.loop();
  await settle();
  rig.socket.welcome("e2", 9, { after: { epoch: "e2", seq: 0 } });
  await loop.allow(1);
  rig.socket.gap("e2", 1, 0, "epoch");
  rig.socket.events(1, 2);
  await settle();
  rig.socket.cut();
  await rig.redial();
  // Its loop is still at work on the gap, and the former journal is back.
  assertEquals(rig.after, "e1:3");
  rig.socket.welcome("e1", 5, { after: { epoch: "e1", seq: 3 } });
  await settle();
  assertEquals(rig.after, "e2:2");
  rig.socket.welcome("e1", 5, { after: { epoch: "e1", seq: 0 } });
  rig.socket.gap("e1", 1, 0, "epoch");
  rig.socket.events(...range(1, 5));
  await loop.allow(100);
  assertEquals(loop.taken, ["epoch 1-0", 1, 2, "epoch 1-0", ...range(1, 5)]);
});

for (
  const [options, handled, again] of [
    [{}, 250, 50],
    [{ ackEvents: 1 }, 7, 0],
    [{ ackEvents: 10 }, 57, 7],
  ] as const
) {
  Deno.test(`a consumer that is killed after ${handled} events is given ${again} again: ${JSON.stringify(options)}`, async () => {
    await using rig = new Rig({ consumer: "me", ...options });
    const loop = rig.loop();
    await settle();
    rig.socket.welcome("e1", 0, { after: { epoch: "e1", seq: 0 } });
    rig.socket.events(...range(1, handled));
    while (loop.taken.length < handled) await settle();
    // The loop has asked for the next one: what was sent by now is all that
    // the bridge knows after a kill.
    assertEquals(handled - Number(rig.socket.acks().at(-1) ?? 0), again);
  });
}

Deno.test("ackMs is the longest that an acknowledgement waits", async () => {
  await using rig = new Rig({ consumer: "me", ackMs: 50 });
  rig.loop();
  await settle();
  rig.socket.welcome("e1", 0, { after: { epoch: "e1", seq: 0 } });
  rig.socket.events(1, 2);
  await rig.clock.advance(49);
  assertEquals(rig.socket.acks(), []);
  await rig.clock.advance(1);
  assertEquals(rig.socket.acks(), [2]);
});
