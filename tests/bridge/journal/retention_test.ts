import { excesses } from "../../../bridge/journal/retention.ts";
import { assert, assertEquals } from "@std/assert";
import { randomFrom } from "../../support/random.ts";

const CASES: [
  what: string,
  usages: [string, number][],
  bytes: number,
  expected: Record<string, number>,
][] = [
  ["nothing if all fit", [["a", 5], ["b", 5]], 10, {}],
  ["all of the excess of the largest", [["a", 90], ["b", 5]], 50, { a: 45 }],
  ["equal parts of equal accounts", [["a", 9], ["b", 9]], 10, { b: 4, a: 4 }],
  ["the largest first", [["a", 8], ["b", 20], ["c", 1]], 11, { b: 15, a: 3 }],
  ["everything if nothing may stay", [["a", 1], ["b", 2]], 0, { b: 2, a: 1 }],
];

for (const [what, usages, bytes, expected] of CASES) {
  Deno.test(`excesses() returns ${what}`, () => {
    const found = excesses(usages, bytes);
    assertEquals(
      found.map(({ account, bytes }) => [account, bytes]),
      Object.entries(expected),
    );
  });
}

Deno.test("excesses(): no account that keeps less than another loses anything, and no byte is wasted", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = randomFrom(seed);
    const usages = Array.from(
      { length: 1 + Math.floor(random() * 12) },
      (_, nth): [string, number] => [String(nth), Math.floor(random() * 100)],
    );
    const most = Math.floor(random() * 700);
    const lost = new Map(
      excesses(usages, most).map(({ account, bytes }) => [account, bytes]),
    );
    const kept = usages.map(([account, bytes]) =>
      bytes - (lost.get(account) ?? 0)
    );
    const sum = kept.reduce((a, b) => a + b, 0);
    const all = usages.reduce((a, [, bytes]) => a + bytes, 0);
    assert(sum <= most || lost.size === 0, `seed ${seed}`);
    assert(sum > Math.min(all, most) - usages.length, `seed ${seed}: wasted`);
    const largest = Math.max(...kept);
    for (const [index, [account]] of usages.entries()) {
      assert(!lost.has(account) || kept[index] === largest, `seed ${seed}`);
    }
  }
});
