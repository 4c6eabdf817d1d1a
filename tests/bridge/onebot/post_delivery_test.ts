import { CommandError } from "../../../bridge/errors/command_error.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";
import { Receiver, until } from "./receiver.ts";
import { type Frame, Stage } from "./stage.ts";

function posting(url: string): { stage: Stage; clock: FakeClock } {
  const clock = new FakeClock();
  const stage = new Stage({ clock, uins: ["10001"], post: [{ url }] });
  return { stage, clock };
}

function gapsOf({ posted }: Receiver): Frame[] {
  return posted.map(({ body }) => body)
    .filter(({ meta_event_type }) => meta_event_type === "gap");
}

const DAMAGED = new Error("database disk image is malformed");

Deno.test("post: a journal that cannot be read is reported once an hour and read again each minute", async () => {
  await using receiver = new Receiver();
  const clock = new FakeClock();
  const stage = new Stage({
    clock,
    uins: ["10001"],
    tailEvents: 0,
    post: [{ url: receiver.url }],
  });
  stage.onebot.start();
  await until(stage, () => receiver.posted.length === 1);
  stage.bridge.journal.damage = { seq: 2, error: DAMAGED };
  for (let count = 0; count < 3; count++) await stage.bridge.push("10001");
  const warnings = () =>
    stage.news.filter((one) => one.includes(DAMAGED.message)).length;
  await until(stage, () => warnings() === 1);
  assertEquals(receiver.events.map(({ seq }) => seq), [1]);
  await clock.advance(3_599_000);
  assertEquals(warnings(), 1);
  await clock.advance(60_000);
  assertEquals(warnings(), 2);
  stage.bridge.journal.damage = undefined;
  // The next read is due. Further on, the posts would take too long.
  await clock.advance(1000);
  await until(stage, () => receiver.events.length === 3);
  assertEquals(receiver.events.map(({ seq }) => seq), [1, 2, 3]);
  await stage.onebot.stop();
  assertEquals(stage.failures, []);
});

for (const sweeps of [false, true]) {
  Deno.test(`post: a gap that no event follows is posted once, across a restart ${sweeps ? "after" : "before"} the position moved on`, async () => {
    await using receiver = new Receiver();
    const { stage, clock } = posting(receiver.url);
    stage.onebot.start();
    await until(stage, () => receiver.posted.length === 1);
    await stage.onebot.stop();
    for (let count = 0; count < 40; count++) await stage.bridge.push("10001");
    stage.bridge.journal.trimTo(41);
    if (!sweeps) {
      // The receiver is away: the gap waits, and nothing is stored past it.
      receiver.status = 503;
      const early = stage.restart({ post: [{ url: receiver.url }] });
      early.start();
      await until(stage, () => gapsOf(receiver).length === 1);
      await clock.advance(0);
      await early.stop();
      assertEquals(stage.bridge.journal.kept(), [0]);
      receiver.status = undefined;
      receiver.posted.length = 0;
    }
    const second = stage.restart({ post: [{ url: receiver.url }] });
    second.start();
    await until(stage, () => stage.bridge.journal.kept()[0] === 40);
    if (sweeps) await clock.advance(16_000);
    await second.stop();
    const third = stage.restart({ post: [{ url: receiver.url }] });
    third.start();
    await stage.bridge.push("10001");
    await until(stage, () => receiver.events.length === 1);
    await third.stop();
    assertEquals(gapsOf(receiver).map(({ from, to }) => [from, to]), [[1, 40]]);
    assertEquals(receiver.events.map(({ seq }) => seq), [41]);
  });
}

Deno.test("post: a reply while the account is out is tried again under its key, before the next event", async () => {
  await using receiver = new Receiver();
  const { stage, clock } = posting(receiver.url);
  let isOut = true;
  stage.bridge.script("send", () => {
    if (isOut) throw new CommandError("not_logged_in", "out");
    return { seq: 9 };
  });
  stage.onebot.start();
  await until(stage, () => receiver.posted.length === 1);
  receiver.answers.push(Response.json({ reply: "x" }));
  await stage.bridge.push("10001");
  await stage.bridge.push("10001");
  const sends = () =>
    stage.bridge.ran.filter(({ request }) => request.command === "send");
  await until(stage, () => sends().length === 1);
  for (const [waitMs, tries] of [[1000, 2], [2000, 3], [4000, 4]] as const) {
    await clock.advance(waitMs);
    assertEquals(sends().length, tries);
  }
  assertEquals(receiver.events.map(({ seq }) => seq), [1]);
  assertEquals(stage.bridge.journal.kept(), [0]);
  isOut = false;
  await clock.advance(8000);
  await until(stage, () => receiver.events.length === 2);
  assertEquals(new Set(sends().map(({ request }) => request.key)).size, 1);
  assertEquals(stage.news, []);
  await stage.onebot.stop();
});

Deno.test("post: a reply that cannot be sent for ten minutes is dropped with one warning", async () => {
  await using receiver = new Receiver();
  const { stage, clock } = posting(receiver.url);
  stage.bridge.script("send", () => {
    throw new CommandError("overloaded", "busy", { retryAfterMs: 50_000 });
  });
  stage.onebot.start();
  await until(stage, () => receiver.posted.length === 1);
  receiver.answers.push(Response.json({ reply: "x" }));
  await stage.bridge.push("10001");
  await until(stage, () => stage.bridge.ran.length > 1);
  await clock.advance(599_000);
  assertEquals(stage.bridge.journal.kept(), [0]);
  await clock.advance(1000);
  await until(stage, () => stage.bridge.journal.kept()[0] === 1);
  assertEquals(stage.news, ["HTTP POST: operation not done: busy"]);
  await stage.onebot.stop();
});

Deno.test("targets: nothing is posted or dialled before the first position is stored", async () => {
  await using receiver = new Receiver();
  const { stage, clock } = posting(receiver.url);
  const { journal } = stage.bridge;
  const store = journal.setPosition;
  journal.setPosition = () => Promise.reject(new Error("disk full"));
  stage.onebot.start();
  await stage.bridge.push("10001");
  await until(stage, () => stage.news.length > 0);
  await clock.advance(10_000);
  assertEquals(receiver.posted, []);
  assertEquals(stage.news, ["HTTP POST: cannot store its position: disk full"]);
  journal.setPosition = store;
  await clock.advance(30_000);
  await until(stage, () => receiver.events.length === 1);
  await stage.onebot.stop();
});

Deno.test("targets: a position goes with its target or its account, and stays while an account is added anew", async () => {
  await using receiver = new Receiver();
  const stage = new Stage({
    clock: new FakeClock(),
    post: [{ url: receiver.url }],
  });
  const clock = stage.clock as FakeClock;
  const { journal } = stage.bridge;
  stage.onebot.start();
  await until(stage, () => receiver.posted.length === 2);
  assertEquals(journal.consumersOf("/onebot/post/").length, 2);
  const [account] = stage.bridge.all.splice(1);
  await clock.advance(2000);
  stage.bridge.all.push(account!);
  await clock.advance(130_000);
  assertEquals(journal.consumersOf("/onebot/post/").length, 2);
  stage.bridge.all.pop();
  await clock.advance(121_000);
  const [kept, ...others] = journal.consumersOf("/onebot/post/");
  assert(kept!.startsWith("/onebot/post/10001/"));
  assertEquals(others, []);
  await stage.onebot.stop();
  const without = stage.restart();
  without.start();
  await clock.advance(121_000);
  assertEquals(journal.consumersOf("/"), []);
  assertEquals(clock.pending, 0);
  await without.stop();
});
