import { CommandError } from "../../../bridge/errors/command_error.ts";
import { Outbox } from "../../../bridge/upstream/outbox.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

/** An outbox that was made as long ago as its gap. */
async function start(options: { limit?: number } = {}) {
  const clock = new FakeClock(-1000);
  const outbox = new Outbox({
    clock,
    gapMs: 1000,
    penaltyMs: 20_000,
    ...options,
  });
  await clock.advance(1000);
  const log: string[] = [];
  const act = (name: string, takesMs = 0, error?: Error) => async () => {
    log.push(`${clock.now()} ${name}`);
    if (takesMs > 0) {
      await new Promise<void>((done) => clock.after(takesMs, done));
    }
    if (error !== undefined) throw error;
    return name;
  };
  return { clock, outbox, log, act };
}

Deno.test("Outbox keeps the gap between two commands of one kind, counted from the reply", async () => {
  const { clock, outbox, log, act } = await start();
  const done = [
    outbox.submit("send", act("a", 200)).result,
    outbox.submit("send", act("b")).result,
    outbox.submit("send", act("c")).result,
  ];
  await clock.advance(5000);
  assertEquals(await Promise.all(done), ["a", "b", "c"]);
  assertEquals(log, ["0 a", "1200 b", "2200 c"]);
});

Deno.test("Outbox starts as if a command of each kind had been sent at that moment", async () => {
  const clock = new FakeClock(0);
  const outbox = new Outbox({ clock, gapMs: 1000 });
  const log: string[] = [];
  for (const kind of ["send", "status", "send"]) {
    outbox.submit(kind, () => {
      log.push(`${clock.now()} ${kind}`);
      return Promise.resolve();
    });
  }
  await clock.advance(999);
  assertEquals(log, []);
  await clock.advance(5000);
  assertEquals(log, ["1000 send", "1000 status", "2000 send"]);
});

Deno.test("Outbox counts the first gap from startedAt when it is made later", async () => {
  const clock = new FakeClock(400);
  const outbox = new Outbox({ clock, gapMs: 1000, startedAt: 0 });
  const sentAt: number[] = [];
  const sent = outbox.submit("send", () => {
    sentAt.push(clock.now());
    return Promise.resolve();
  });
  await clock.advance(1000);
  await sent.result;
  assertEquals(sentAt, [1000]);
});

Deno.test("Outbox sends commands of other kinds without a gap, but in order", async () => {
  const { clock, outbox, log, act } = await start();
  for (
    const [kind, name] of [["send", "a"], ["status", "b"], ["send", "c"], [
      "status",
      "d",
    ]]
  ) {
    outbox.submit(kind!, act(name!));
  }
  await clock.advance(5000);
  assertEquals(log, ["0 a", "0 b", "1000 c", "1000 d"]);
});

const LATER = { retryAfterMs: 20_000 };

Deno.test("Outbox pauses for the penalty after RES=3, and reports it to the caller", async () => {
  const { clock, outbox, log, act } = await start();
  const refused = outbox.submit(
    "send",
    act("a", 0, new CommandError("penalised", "too fast", LATER)),
  );
  const error = assertRejects(() => refused.result, CommandError, "too fast");
  outbox.submit("status", act("b"));
  await clock.advance(1);
  await error;
  assertEquals(outbox.pausedMs, 19_999);
  await clock.advance(30_000);
  assertEquals(log, ["0 a", "20000 b"]);
});

const OTHERWISE: readonly Error[] = [
  new Error("broken"),
  // RES=3 at once: that command is not possible.
  new CommandError("penalised", "no such number"),
];
for (const failure of OTHERWISE) {
  Deno.test(`Outbox goes on after a command that failed otherwise: ${failure.message}`, async () => {
    const { clock, outbox, log, act } = await start();
    const failed = outbox.submit("send", act("a", 0, failure));
    const error = assertRejects(() => failed.result, Error, failure.message);
    outbox.submit("send", act("b"));
    await clock.advance(2000);
    await error;
    assertEquals(log, ["0 a", "1000 b"]);
  });
}

Deno.test("Outbox.submit() rejects a command beyond the limit", async () => {
  const { clock, outbox, act } = await start({ limit: 2 });
  outbox.submit("send", act("a"));
  await clock.advance(0);
  outbox.submit("send", act("b"));
  outbox.submit("send", act("c"));
  const error = assertThrows(
    () => outbox.submit("send", act("d")),
    CommandError,
  );
  assertEquals(error.code, "overloaded");
  assertEquals(
    error.message,
    "Cannot take a command: at most 2 may wait for an account",
  );
  await clock.advance(10_000);
});

Deno.test("QueuedCommand.withdraw() withdraws only a command that has not begun", async () => {
  const { clock, outbox, log, act } = await start();
  const first = outbox.submit("send", act("a", 500));
  const second = outbox.submit("send", act("b"));
  await clock.advance(10);
  assertEquals(first.withdraw(new Error("late")), false);
  const error = assertRejects(() => second.result, Error, "late");
  assertEquals(second.withdraw(new Error("late")), true);
  await error;
  await clock.advance(5000);
  assertEquals(log, ["0 a"]);
  assertEquals(await first.result, "a");
});

Deno.test("Outbox.close() rejects waiting commands, and waits for one that has begun", async () => {
  const { clock, outbox, log, act } = await start();
  const first = outbox.submit("send", act("a", 500));
  const second = outbox.submit("send", act("b"));
  const error = assertRejects(
    () => second.result,
    CommandError,
    "shutting down",
  );
  await clock.advance(10);
  let closed = false;
  const closing = outbox.close().then(() => closed = true);
  await error;
  await clock.advance(100);
  assertEquals(closed, false);
  await clock.advance(1000);
  await closing;
  assertEquals(await first.result, "a");
  assertThrows(
    () => outbox.submit("send", act("c")),
    CommandError,
    "shutting down",
  );
  assertEquals(log, ["0 a"]);
});

Deno.test("Outbox has defaults for gap, limit and penalty", async () => {
  const clock = new FakeClock(-1000);
  const outbox = new Outbox({ clock });
  await clock.advance(1000);
  const sentAt: number[] = [];
  const send = (error?: Error) =>
    outbox.submit("send", () => {
      sentAt.push(clock.now());
      return error === undefined ? Promise.resolve() : Promise.reject(error);
    });
  send();
  await clock.advance(0);
  const refused = send(new CommandError("penalised", "too fast", LATER));
  const seen = assertRejects(() => refused.result, CommandError, "too fast");
  for (let waiting = 1; waiting < 100; waiting++) send();
  assertThrows(() => send(), CommandError, "at most 100 may wait");
  await clock.advance(22_000);
  await seen;
  assertEquals(sentAt, [0, 1000, 21_000, 22_000]);
  await clock.advance(100_000);
  assertEquals(sentAt.length, 101);
});
