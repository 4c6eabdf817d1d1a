import { sleep, systemClock } from "../../lib/clock.ts";
import { assert, assertEquals, assertRejects } from "../deps.ts";
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
