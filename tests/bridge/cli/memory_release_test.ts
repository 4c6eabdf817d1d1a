import {
  MemoryRelease,
  type ProcessMemory,
  thisProcess,
} from "../../../bridge/cli/program/memory_release.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

const MIB = 1024 * 1024;
const SMALL = 50 * MIB;
const LARGE = SMALL + 64 * MIB;

/** A second: size of the heap, CPU time used, how late the look is, in milliseconds, and number of events. */
type Second = [
  heapBytes: number,
  cpuMs: number,
  lateMs?: number,
  events?: number,
];

const idle: Second[] = [[LARGE, 10], [LARGE, 10], [LARGE, 10]];

const cases: [string, Second[], collectedAt: number[]][] = [
  ["a burst, once it is over", [[LARGE, 900], ...idle, ...idle], [4]],
  ["little growth", Array(9).fill([LARGE - 1, 0]), []],
  ["a large heap of a busy process", Array(9).fill([LARGE, 101]), []],
  ["a process that gets no CPU time", Array(9).fill([LARGE, 10, 101]), []],
  ["little CPU time for many events", Array(9).fill([LARGE, 10, 0, 51]), []],
  ["few events", Array(3).fill([LARGE, 10, 0, 50]), [3]],
  ["three quiet seconds in a row", [
    [LARGE, 10],
    [LARGE, 10],
    [LARGE, 400],
    ...idle,
  ], [6]],
  ["each burst once", [
    ...idle,
    [SMALL, 10],
    [LARGE, 900],
    ...idle,
    ...idle,
  ], [3, 8]],
];

for (const [name, seconds, collectedAt] of cases) {
  Deno.test(`MemoryRelease: collects garbage: ${name}`, async () => {
    const clock = new FakeClock();
    const collected: number[] = [];
    let heapBytes = SMALL;
    let cpuMs = 0;
    let head = 7;
    let second = 0;
    const memory: ProcessMemory = {
      heapBytes: () => heapBytes,
      cpuMs: () => cpuMs,
      collect: () => {
        collected.push(second);
        // Of what is left, nothing is garbage.
        heapBytes = second === 3 ? SMALL : LARGE;
      },
    };
    const after = clock.after.bind(clock);
    clock.after = (delayMs, run) =>
      after(delayMs + (seconds[second]?.[2] ?? 0), run);
    const release = new MemoryRelease(clock, () => head, memory);
    release.start();
    for (const [bytes, usedMs, lateMs = 0, events = 0] of seconds) {
      second++;
      head += events;
      heapBytes = bytes;
      cpuMs += usedMs;
      await clock.advance(1000 + lateMs);
    }
    assertEquals(collected, collectedAt);
    release.stop();
    assertEquals(clock.pending, 0);
  });
}

Deno.test("MemoryRelease: the heap of this process becomes smaller when its garbage is collected", () => {
  let garbage: unknown[] | undefined = Array.from(
    { length: 1_000_000 },
    (_, index) => ({ index }),
  );
  const before = thisProcess.heapBytes();
  assertEquals(garbage.length, 1_000_000);
  garbage = undefined;
  thisProcess.collect();
  assert(thisProcess.heapBytes() < before - 8 * MIB);
  assert(thisProcess.cpuMs() > 0);
});
