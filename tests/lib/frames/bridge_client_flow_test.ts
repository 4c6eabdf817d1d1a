import { assert, assertEquals } from "../../deps.ts";
import { settle } from "../../support/fake_clock.ts";
import { Rig } from "./scripted_socket.ts";

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

Deno.test("past its bound the client lets go of the connection, and resumes when half is taken", async () => {
  const rig = new Rig({ maxQueued: 10 });
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
  await rig.client.close();
  assertEquals(rig.clock.pending, 0);
});

Deno.test("the bound holds by default at 1,024", async () => {
  const rig = new Rig();
  const loop = rig.loop();
  await loop.allow(1);
  rig.socket.welcome("e1", 0);
  rig.socket.events(1);
  await settle();
  rig.socket.events(...range(2, 1_025));
  assertEquals(rig.client.status.state, "open");
  rig.socket.events(1_026);
  assertEquals(rig.client.status.state, "paused");
  await rig.client.close();
});

Deno.test("commands pass while the queue is full, and its events come all the same", async () => {
  const rig = new Rig({ maxQueued: 4 });
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
  const { id } = rig.socket.commands()[0]!;
  rig.socket.say({ type: "result", id, ok: true, data: { at: "now" } });
  await ping;
  assertEquals(rig.client.status.state, "paused");
  await loop.allow(Infinity);
  assertEquals([rig.sockets.length, rig.after], [3, "e1:5"]);
  rig.socket.welcome("e1", 8);
  rig.socket.events(6, 7, 8);
  await settle();
  assertEquals(loop.taken, range(1, 8));
  await rig.client.close();
});

Deno.test("what happens between a first command and the first loop is not lost, nor held", async () => {
  const rig = new Rig({ maxQueued: 4 });
  const ping = rig.client.ping();
  await settle();
  rig.socket.welcome("e1", 10);
  rig.socket.events(...range(11, 40));
  rig.socket.say({
    type: "result",
    id: rig.socket.commands()[0]!.id,
    ok: true,
    data: {},
  });
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
  await rig.client.close();
});

Deno.test("a loop after commands keeps the connection where no event was let pass", async () => {
  const rig = new Rig();
  const ping = rig.client.ping();
  await settle();
  rig.socket.welcome("e1", 10);
  rig.socket.say({
    type: "result",
    id: rig.socket.commands()[0]!.id,
    ok: true,
    data: {},
  });
  await ping;
  const loop = rig.loop();
  await settle();
  rig.socket.events(11);
  await settle();
  assertEquals([rig.sockets.length, loop.taken], [1, [11]]);
  await rig.client.close();
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
  const rig = new Rig({ consumer: "me" });
  const loop = rig.loop();
  await settle();
  rig.socket.welcome("e1", 0);
  rig.socket.events(...range(1, 250));
  while (loop.taken.length < 250) await settle();
  assertEquals(rig.socket.acks(), [100, 200]);
  await rig.clock.advance(1_000);
  assertEquals(rig.socket.acks(), [100, 200, 250]);
  await rig.client.close();
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

Deno.test("a consumer resumes by the bridge's position, and says again what may be lost", async () => {
  const rig = new Rig({ consumer: "me", after: { epoch: "e1", seq: 40 } });
  const loop = rig.loop();
  await settle();
  assertEquals(rig.after, "e1:40");
  rig.socket.welcome("e1", 100);
  rig.socket.events(41, 42);
  await settle();
  rig.socket.cut();
  await rig.redial();
  // Nothing was acknowledged: what the loop is done with is the place.
  assertEquals(rig.after, "e1:42");
  rig.socket.welcome("e1", 100);
  assertEquals(rig.socket.acks(), [42]);
  rig.socket.events(43);
  await settle();
  rig.socket.cut();
  await rig.redial();
  assertEquals(rig.after, null);
  rig.socket.welcome("e1", 100);
  assertEquals(rig.socket.acks(), [43]);
  rig.socket.events(43, 44);
  await settle();
  assertEquals(loop.taken, [41, 42, 43, 44]);
  await rig.clock.advance(1_000);
  assertEquals(rig.socket.acks(), [43, 44]);
  rig.socket.cut();
  await rig.redial();
  // Sent, but perhaps never received.
  rig.socket.welcome("e1", 100);
  assertEquals(rig.socket.acks(), [44]);
  rig.socket.cut();
  await rig.redial();
  // A bridge with another journal knows no such consumer: it must be told where it was.
  rig.socket.welcome("e2", 5);
  assertEquals(rig.socket.acks(), []);
  await settle();
  assertEquals(rig.after, "e1:44");
  rig.socket.welcome("e2", 5);
  assertEquals(rig.socket.acks(), []);
  rig.socket.say({ type: "gap", epoch: "e2", from: 1, to: 3, reason: "epoch" });
  rig.socket.events(4);
  await rig.clock.advance(1_000);
  assertEquals(rig.socket.acks(), [4]);
  assertEquals(loop.taken, [41, 42, 43, 44, "epoch 1-3", 4]);
  await rig.client.close();
  assertEquals(rig.clock.pending, 0);
});

Deno.test("a consumer says again what the bridge has forgotten, as far as it is sent again", async () => {
  const rig = new Rig({ consumer: "me" });
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
  await rig.client.close();
});

Deno.test("a consumer of a journal that is gone asks again with its place there, and is told of the gap", async () => {
  const rig = new Rig({ consumer: "me" });
  const loop = rig.loop();
  await settle();
  rig.socket.welcome("e1", 0);
  rig.socket.events(1, 2, 3);
  await rig.clock.advance(1_000);
  assertEquals(rig.socket.acks(), [3]);
  rig.socket.cut();
  await rig.redial();
  assertEquals(rig.after, null);
  // The bridge knows no such consumer, and begins from now on.
  rig.socket.welcome("e2", 50);
  rig.socket.events(51);
  await settle();
  assertEquals(rig.after, "e1:3");
  rig.socket.welcome("e2", 51);
  rig.socket.say({
    type: "gap",
    epoch: "e2",
    from: 1,
    to: 0,
    reason: "epoch",
  });
  rig.socket.events(1, 2);
  await rig.clock.advance(1_000);
  assertEquals(rig.socket.acks(), [2]);
  // The bridge's own position is still the one it began with.
  rig.socket.cut();
  await rig.redial();
  assertEquals(rig.after, "e2:2");
  rig.socket.welcome("e2", 51);
  rig.socket.events(...range(3, 51));
  while (loop.taken.length < 55) await settle();
  await rig.clock.advance(1_000);
  rig.socket.cut();
  await rig.redial();
  assertEquals(rig.after, null);
  assertEquals(loop.taken, [1, 2, 3, "epoch 1-0", ...range(1, 51)]);
  await rig.client.close();
});
