import {
  addAnswer,
  bandsOf,
  linesOf,
  loneValues,
  sumOf,
  type Timeline,
  type Values,
} from "../../../bridge/console/src/pages/figures/timeline.ts";
import { assertEquals } from "@std/assert";

/** An answer of one series from a second on. */
function answer(second: number, ...values: (number | null)[]) {
  return {
    from: new Date(second * 1000).toISOString(),
    stepMs: 1000,
    series: { one: { unit: "count" as const, values } },
  };
}

const CASES: readonly [
  what: string,
  answers: readonly ReturnType<typeof answer>[],
  size: number,
  from: number,
  values: Values,
][] = [
  ["one", [answer(5, 1, 2)], 10, 5, [1, 2]],
  ["what follows", [answer(5, 1, 2), answer(7, 3)], 10, 5, [1, 2, 3]],
  ["what comes again", [answer(5, 1, 2), answer(6, 7, 3)], 10, 5, [1, 7, 3]],
  ["what has forgotten the start", [answer(5, 1, 2), answer(9, 3)], 10, 5, [
    1,
    2,
    null,
    null,
    3,
  ]],
  ["more than the size", [answer(5, 1, 2, 3), answer(8, 4, 5)], 3, 7, [
    3,
    4,
    5,
  ]],
  ["an earlier start", [answer(5, 3), answer(3, 1, 2, 3)], 10, 3, [1, 2, 3]],
  ["nothing", [answer(5, 1), answer(9)], 10, 5, [1]],
  [
    "a missing value over a known one",
    [answer(5, 1, 2), answer(6, null)],
    10,
    5,
    [1, 2],
  ],
];

for (const [what, answers, size, from, values] of CASES) {
  Deno.test(`addAnswer() keeps what is known: ${what}`, () => {
    let timeline: Timeline | undefined;
    for (const one of answers) timeline = addAnswer(timeline, one, size);
    assertEquals(timeline!.from, from * 1000);
    assertEquals(timeline!.series["one"]!.values, values);
    assertEquals(timeline!.length, values.length);
  });
}

Deno.test("bandsOf() finds the times between values in which no series has one", () => {
  const _ = null;
  const series = (...values: Values) => ({ unit: "count" as const, values });
  const timeline: Timeline = {
    stepMs: 1000,
    from: 10_000,
    length: 12,
    series: {
      a: series(_, _, _, _, 1, _, _, _, _, 1, _, 1),
      b: series(_, _, _, _, _, 1, _, _, _, _, _, _),
    },
  };
  assertEquals(bandsOf(timeline), [{ from: 15_000, to: 19_000 }]);
});

Deno.test("linesOf() and sumOf() take the labels of one metric, and keep gaps", () => {
  const series = (...values: Values) => ({ unit: "1/s" as const, values });
  const timeline: Timeline = {
    stepMs: 1000,
    from: 0,
    length: 3,
    series: {
      "gaps_total.trimmed": series(1, null, null),
      "gaps_total.epoch": series(2, 3, null),
      "gaps_totally": series(9, 9, 9),
    },
  };
  assertEquals(linesOf(timeline, "gaps_total", 6), [
    { name: "epoch", values: [2, 3, null] },
    { name: "trimmed", values: [1, null, null] },
  ]);
  assertEquals(linesOf(timeline, "gaps_total", 1).length, 1);
  assertEquals(sumOf(timeline, "gaps_total"), [3, 3, null]);
});

Deno.test("loneValues() finds the values that no line shows", () => {
  assertEquals(loneValues([1, null, 2, 3, null, null, 4]), [0, 6]);
  assertEquals(loneValues([5]), [0]);
  assertEquals(loneValues([]), []);
});
