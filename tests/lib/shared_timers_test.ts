import { assert, assertEquals } from "@std/assert";
import {
  SHARED_FROM_MS,
  shareTimers,
  TICK_MS,
} from "../../lib/shared_timers.ts";
import { FakeClock } from "../support/fake_clock.ts";

Deno.test("shared timers: each is called once, at most a tick late, unless it is cancelled", async () => {
  const base = new FakeClock(1234);
  const clock = shareTimers(base);
  let seed = 7;
  const random = (below: number) => {
    seed = seed * 48_271 % 0x7fff_ffff;
    return Math.floor(seed / 0x7fff_ffff * below);
  };
  const open = new Map<number, { dueAt: number; cancel: () => void }>();
  let called = 0;
  let exact = 0;
  for (let id = 0; id < 3000; id++) {
    // Some wait for longer than the lists go round.
    const delayMs = [random(SHARED_FROM_MS), 5000, 25_000, 120_000][random(4)]!;
    const dueAt = clock.now() + delayMs;
    const cancel = clock.after(delayMs, () => {
      const late = clock.now() - dueAt;
      assert(open.delete(id) && late >= 0 && late <= TICK_MS, `late ${late}`);
      if (delayMs < SHARED_FROM_MS) assertEquals(late, 0);
      if (delayMs < SHARED_FROM_MS) exact++;
      else called++;
    });
    open.set(id, { dueAt, cancel });
    if (random(3) === 0) {
      const [other, timer] = [...open][random(open.size)]!;
      timer.cancel();
      timer.cancel();
      open.delete(other);
    }
    await base.advance(random(80));
  }
  assert(called > 500 && exact > 300);
  for (const { cancel } of open.values()) cancel();
  assertEquals(base.pending, 0);
});

Deno.test("shared timers: they need one timer, and none when all are over", async () => {
  const base = new FakeClock();
  const clock = shareTimers(base);
  const cancels = Array.from(
    { length: 1000 },
    () => clock.after(SHARED_FROM_MS, () => {}),
  );
  assertEquals(base.pending, 1);
  for (const cancel of cancels) cancel();
  assertEquals(base.pending, 0);
  let again = 0;
  const repeat = () => {
    if (++again < 3) clock.after(SHARED_FROM_MS, repeat);
  };
  clock.after(SHARED_FROM_MS, repeat);
  await base.advance(4 * SHARED_FROM_MS);
  assertEquals([again, base.pending], [3, 0]);
});

Deno.test("shared timers: one that throws does not keep others from being called", async () => {
  const base = new FakeClock();
  const clock = shareTimers(base);
  const errors: unknown[] = [];
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    errors.push(event.error.message);
  };
  globalThis.addEventListener("error", onError);
  let called = false;
  clock.after(SHARED_FROM_MS, () => {
    throw new Error("of a timer");
  });
  clock.after(SHARED_FROM_MS, () => called = true);
  await base.advance(SHARED_FROM_MS + TICK_MS);
  globalThis.removeEventListener("error", onError);
  assertEquals([called, errors], [true, ["of a timer"]]);
});
