import { BridgeError } from "../../../lib/bridge_client/bridge_error.ts";
import {
  type BridgeLane,
  CommandLanes,
  type LaneCommand,
} from "../../../lib/bridge_client/lanes.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { randomFrom } from "../../support/random.ts";
import { Rig } from "./scripted_socket.ts";

const account = "10001";

interface Command extends LaneCommand {
  readonly addedAt: number;
}

const failure = (promise: Promise<unknown>): Promise<BridgeError> =>
  promise.then(() => {
    throw new Error("resolved");
  }, (error) => {
    assertInstanceOf(error, BridgeError);
    return error;
  });

Deno.test("CommandLanes: no window of 60 s has more than the shares, and user commands wait for the rate alone", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomFrom(seed);
    const clock = new FakeClock();
    const sent: { at: number; lane: BridgeLane }[] = [];
    const underWay: Command[] = [];
    const waits: number[] = [];
    const lanes = new CommandLanes<Command>({
      clock,
      send: (command) => {
        const now = clock.now();
        sent.push({ at: now, lane: command.lane });
        underWay.push(command);
        if (command.lane === "user") waits.push(now - command.addedAt);
        return true;
      },
    });
    lanes.open(120, []);
    const background = () =>
      underWay.filter(({ lane }) => lane === "background").length;
    // Clicks are few enough for the share that is reserved for them.
    for (let step = 0; step < 1500; step++) {
      await clock.advance(200);
      const wants = random();
      const lane: BridgeLane | undefined = wants < 0.08
        ? "user"
        : wants < 0.6
        ? "background"
        : undefined;
      if (lane !== undefined) {
        const command: Command = {
          lane,
          addedAt: clock.now(),
          onWait: () => {},
        };
        const dropped = lanes.add(command);
        if (dropped !== undefined) lanes.delete(dropped);
      }
      assert(background() <= 8);
      if (random() < 0.7) {
        const [done] = underWay.splice(
          Math.floor(random() * underWay.length),
          1,
        );
        if (done !== undefined) lanes.delete(done);
      }
    }
    lanes.close();
    for (const { at } of sent) {
      const window = sent.filter((one) => one.at >= at && one.at < at + 60_000);
      assert(window.length <= 108, `seed ${seed}: ${window.length}`);
      const later = window.filter(({ lane }) => lane === "background").length;
      assert(later <= 60, `seed ${seed}: ${later} background`);
    }
    assert(sent.filter(({ lane }) => lane === "background").length > 100);
    assertEquals(Math.max(...waits), 0, `seed ${seed}`);
    assertEquals(clock.pending, 0);
  }
});

Deno.test("CommandLanes: a full rate lets user commands go first, and says how long they wait", async () => {
  const clock = new FakeClock();
  const order: string[] = [];
  const lanes = new CommandLanes<LaneCommand & { name: string }>({
    clock,
    send: ({ name }) => order.push(name) > 0,
  });
  const waits: [string, number][] = [];
  const add = (name: string, lane: BridgeLane) =>
    lanes.add({ name, lane, onWait: (ms) => waits.push([name, ms]) });
  lanes.open(10, []);
  for (let n = 0; n < 8; n++) add("early", "user");
  await clock.advance(10_000);
  add("late", "user");
  add("b1", "background");
  add("u1", "user");
  add("u2", "user");
  assertEquals(order.length, 9);
  assertEquals(waits, [["u1", 50_000], ["u2", 50_000]]);
  await clock.advance(49_999);
  assertEquals(order.length, 9);
  await clock.advance(1);
  assertEquals(order.slice(9), ["u1", "u2", "b1"]);
  lanes.close();
});

Deno.test("BridgeClient: the background lane keeps 8 under way and 64 waiting, and drops the oldest beyond", async () => {
  const rig = new Rig();
  const names: number[] = [];
  const answers = Array.from(
    { length: 74 },
    (_, index) =>
      rig.client.people(account, { uins: [String(20_000 + index)] }, {
        lane: "background",
        onSent: () => names.push(index),
      }).then(() => "ok", (error) => `${error.code} ${error.sent}`),
  );
  await settle();
  rig.socket.welcome("e1", 1, { limits: { commandsPerMinute: 1000 } });
  // Without a connection 64 wait, the last of them.
  assertEquals(names, [10, 11, 12, 13, 14, 15, 16, 17]);
  assertEquals(
    await Promise.all(answers.slice(0, 10)),
    Array(10).fill("overloaded false"),
  );
  rig.socket.answer();
  assertEquals(names.length, 9);
  assertEquals(await answers[10], "ok");
  await rig.client.close();
  const rest = await Promise.all(answers.slice(11));
  assertEquals(rest.slice(0, 8), Array(8).fill("closed true"));
  assertEquals(new Set(rest.slice(8)), new Set(["closed false"]));
});

Deno.test("BridgeClient: equal background reads are sent once, and leave when nobody waits for them", async () => {
  await using rig = new Rig();
  const options = { lane: "background" } as const;
  const gone = new AbortController();
  const first = rig.client.people(account, {}, options);
  const second = rig.client.people(account, {}, {
    ...options,
    signal: gone.signal,
  }).catch((error) => error);
  const other = rig.client.people("10002", {}, {
    ...options,
    signal: gone.signal,
  }).catch((error) => error);
  const keyed = [1, 2].map(() =>
    rig.client.markRead(account, { upTo: 1 }, options)
  );
  gone.abort("not visible");
  assertEquals(await second, "not visible");
  assertEquals(await other, "not visible");
  await settle();
  rig.socket.welcome();
  assertEquals(rig.socket.commands().map(({ command }) => command), [
    "people",
    "markRead",
    "markRead",
  ]);
  for (const nth of [0, 1, 2]) rig.socket.answer({ nth }, nth);
  assertEquals(await first as unknown, { nth: 0 });
  await Promise.all(keyed);
  const again = rig.client.people(account, {}, options);
  rig.socket.answer({ nth: 3 }, 3);
  assertEquals(await again as unknown, { nth: 3 });
});

Deno.test("BridgeClient: overloaded with a delay pauses the background lane, which repeats it, and no user command", async () => {
  await using rig = new Rig();
  const people = rig.client.people(account, {}, { lane: "background" });
  await settle();
  rig.socket.welcome();
  const overloaded = (nth: number, retryAfterMs: number) =>
    rig.socket.say({
      type: "result",
      id: rig.socket.commands()[nth]!.id,
      ok: false,
      error: {
        code: "overloaded",
        message: "wait",
        retriable: true,
        retryAfterMs,
      },
    });
  overloaded(0, 5000);
  const user = failure(rig.client.ping());
  const later = rig.client.requests({}, { lane: "background" });
  const sent = () => rig.socket.commands().map(({ command }) => command);
  assertEquals(sent(), ["people", "ping"]);
  overloaded(1, 2000);
  const { code, retryAfterMs, sent: left } = await user;
  assertEquals([code, retryAfterMs, left], ["overloaded", 2000, true]);
  await rig.clock.advance(4999);
  assertEquals(sent(), ["people", "ping"]);
  await rig.clock.advance(1);
  assertEquals(sent(), ["people", "ping", "people", "requests"]);
  rig.socket.answer({ pending: 0 }, 2);
  rig.socket.answer({ total: 0 }, 3);
  assertEquals(await people as unknown, { pending: 0 });
  assertEquals(await later as unknown, { total: 0 });
});

Deno.test("BridgeError.sent: says whether the frame left", async () => {
  const rig = new Rig();
  const early = failure(
    rig.client.send(account, "1", "no connection", { timeoutMs: 10 }),
  );
  await rig.clock.advance(10);
  assertEquals([(await early).code, (await early).sent], ["timeout", false]);
  rig.socket.welcome("e1", 1, { limits: { commandsPerMinute: 2 } });
  const late = failure(
    rig.client.send(account, "1", "no answer", { timeoutMs: 10 }),
  );
  const waits: number[] = [];
  const options = { onWait: (ms: number) => waits.push(ms), timeoutMs: 10 };
  const paced = failure(rig.client.send(account, "1", "no rate", options));
  const long = failure(rig.client.send(account, "1", "x".repeat(70_000)));
  await rig.clock.advance(10);
  assertEquals([(await late).code, (await late).sent], [
    "outcome_unknown",
    true,
  ]);
  assertEquals([(await paced).code, (await paced).sent], ["timeout", false]);
  assertEquals(waits, [60_000]);
  assertEquals([(await long).code, (await long).sent], ["bad_params", false]);
  const withdrawn = new AbortController();
  const sends = rig.client.send(account, "1", "withdrawn", {
    signal: withdrawn.signal,
  }).catch((reason) => reason);
  withdrawn.abort("withdrawn");
  assertEquals(await sends, "withdrawn");
  await rig.clock.advance(60_000);
  const sent = rig.sockets.flatMap((socket) => socket.commands())
    .filter(({ id }) => id !== "alive");
  assertEquals(sent.map(({ params }) => (params as { text: string }).text), [
    "no answer",
  ]);
  await rig.client.close();
  const closed = await failure(rig.client.ping());
  assertEquals([closed.code, closed.sent], ["closed", false]);
});
