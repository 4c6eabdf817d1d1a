import { sleep, steadyTime, systemClock } from "../../lib/clock.ts";
import process from "node:process";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "../support/fake_clock.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

for (const delayMs of [2 ** 31, 365 * DAY_MS, Infinity]) {
  Deno.test(`the machine's clock does not call early what is due in ${delayMs} ms`, async () => {
    let called = false;
    const cancel = systemClock.after(delayMs, () => called = true);
    // What a timer cannot count it calls after 1 ms.
    await sleep(systemClock, 20);
    cancel();
    assertEquals(called, false);
  });
}

Deno.test("the machine's clock calls at once, without a warning, what was due before", async () => {
  const warnings: string[] = [];
  const note = ({ message }: Error) => warnings.push(message);
  process.on("warning", note);
  try {
    await sleep(systemClock, -1);
    await sleep(systemClock, 1);
  } finally {
    process.off("warning", note);
  }
  assertEquals(warnings, []);
});

Deno.test("the machine's clock goes on counting what one timer cannot", () => {
  const delays: number[] = [];
  const cleared: unknown[] = [];
  let due = () => {};
  const { clearTimeout, setTimeout } = globalThis;
  globalThis.setTimeout = ((run: () => void, delayMs: number) => {
    due = run;
    return delays.push(delayMs);
  }) as unknown as typeof setTimeout;
  globalThis.clearTimeout = (id) => cleared.push(id);
  let calls = 0;
  try {
    const cancel = systemClock.after(2 ** 32, () => calls++);
    due();
    due();
    assertEquals([delays, calls], [[2 ** 31 - 1, 2 ** 31 - 1, 2], 0]);
    cancel();
    assertEquals(cleared, [3]);
    due();
    assertEquals(calls, 1);
  } finally {
    Object.assign(globalThis, { clearTimeout, setTimeout });
  }
});

Deno.test("a sleep ends at its time, or at once with the signal's reason", async () => {
  const clock = new FakeClock();
  const slept = sleep(clock, 1000);
  await clock.advance(1000);
  await slept;

  const reason = new Error("enough");
  const caller = new AbortController();
  const refused = assertRejects(() => sleep(clock, 1000, caller.signal));
  caller.abort(reason);
  assert(await refused === reason);
  const late = assertRejects(() => sleep(clock, 1000, caller.signal));
  assert(await late === reason);
  assertEquals(clock.pending, 0);
});

/** A wall clock that is set, beside a count that is not. */
function clocks() {
  const clock = { wall: 1_000_000, elapsed: 0 };
  const now = steadyTime(() => clock.wall, () => clock.elapsed);
  return {
    now,
    pass(ms: number): number {
      clock.wall += ms;
      clock.elapsed += ms;
      return now();
    },
    set(ms: number): number {
      clock.wall += ms;
      return now();
    },
    behind: () => now() - clock.wall,
  };
}

Deno.test("clock: it shows what the wall clock shows, also after that was set forward", () => {
  const { now, pass, set } = clocks();
  assertEquals(now(), 1_000_000);
  assertEquals(pass(250), 1_000_250);
  assertEquals(set(3_600_000), 4_600_250);
  assertEquals(pass(1), 4_600_251);
});

Deno.test("clock: it reads no clock before its first call, and is right then", () => {
  // A Worker shows 0 for both while it loads modules.
  let [wall, elapsed] = [0, 0];
  const now = steadyTime(() => wall, () => elapsed);
  wall = 1_000_000;
  assertEquals(now(), 1_000_000);
  wall += 10;
  elapsed += 10;
  assertEquals(now(), 1_000_010);
});

Deno.test("clock: set back by an hour it never goes back, keeps going, and is true again", () => {
  const { now, pass, set, behind } = clocks();
  const before = pass(10_000);
  assertEquals(set(-3_600_000), before);
  assertEquals(pass(2000), before + 1000);
  // Whole milliseconds, and no fraction is lost however often it is asked.
  for (let n = 0; n < 2000; n++) pass(1);
  assertEquals(now(), before + 2000);
  for (let hours = 0; hours < 2; hours++) pass(3_600_000);
  assertEquals(behind(), 0);
  assertEquals(pass(5), now());
});

Deno.test("clock: the machine's is the machine's", () => {
  const between = [Date.now(), systemClock.now(), Date.now()];
  assert(between[0]! <= between[1]! && between[1]! <= between[2]! + 1);
});
