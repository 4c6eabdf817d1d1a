import {
  MemoryLog,
  MemoryStream,
} from "../../../../bridge/cluster/memory_log.ts";
import {
  type Control,
  Membership,
} from "../../../../bridge/cluster/members/membership.ts";
import { LogTimes } from "../../../../bridge/cluster/replica/log_times.ts";
import { LogPurge } from "../../../../bridge/cluster/upkeep/purge.ts";
import { assertEquals } from "@std/assert";
import { FakeClock } from "../../../support/fake_clock.ts";

const HOUR_MS = 60 * 60_000;

const member = (node: string, applied: number): Control[] => [
  { op: "join", node, folder: node, version: 1, edge: false },
  { op: "beat", node, applied },
];

const CASES: [
  name: string,
  node: string,
  controls: Control[],
  first: number,
][] = [
  ["drops what is old and applied by all", "a", [
    ...member("a", 90),
    ...member("b", 80),
  ], 74],
  ["keeps what a member has not applied", "a", [
    ...member("a", 90),
    ...member("b", 20),
  ], 21],
  ["does nothing on other members than the first", "b", [
    ...member("a", 90),
    ...member("b", 90),
  ], 1],
  ["does nothing without members", "a", [], 1],
];

for (const [name, node, controls, first] of CASES) {
  Deno.test(`LogPurge: ${name}`, async () => {
    const clock = new FakeClock();
    const stream = new MemoryStream({ clock });
    const log = new MemoryLog(stream);
    const times = new LogTimes();
    for (let index = 1; index <= 100; index++) {
      stream.store(new Uint8Array([index]), `a.${index}`);
      times.add(index, clock.now());
      await clock.advance(HOUR_MS);
    }
    const membership = new Membership();
    for (const control of controls) membership.apply(control, 100);
    const looks: number[] = [];
    const purge = new LogPurge({
      log,
      replica: { membership, indexBefore: (at) => times.indexBefore(at) },
      node,
      clock,
      // The last 28 records are younger: the one after 100 hours is 1 hour old.
      hours: 28,
      onLook: ({ last }) => looks.push(last),
      onError: (error) => {
        throw error;
      },
    });
    purge.start();
    await clock.advance(60_000);
    purge.stop();
    assertEquals([await stream.info.first, looks], [first, [100]]);
    await clock.advance(60_000);
    assertEquals(looks, [100]);
  });
}

Deno.test("LogTimes: is the same after it was read again, and forgets after 30 days", () => {
  const times = new LogTimes();
  for (let minute = 0; minute < 40 * 24 * 60; minute++) {
    times.add(minute, minute * 60_000);
  }
  const again = new LogTimes(times.toText());
  const hour = (count: number) => again.indexBefore(count * HOUR_MS);
  assertEquals([hour(9 * 24), hour(20 * 24), hour(39 * 24)], [
    0,
    20 * 24 * 60,
    39 * 24 * 60,
  ]);
  // A clock that is behind changes nothing.
  assertEquals(again.add(99_999, 0), false);
});
