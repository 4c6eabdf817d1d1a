import { assertEquals } from "@std/assert";
import { compare, isWorse } from "./goals.ts";
import { growthOf } from "./curve.ts";
import { figureOf } from "./harness.ts";

const decode = (ours: number, ...peers: number[]) =>
  peers.map((peer, index) =>
    figureOf("decodeReply, 3 messages", "us", [ours], {
      name: `peer ${index}`,
      runs: [peer],
    })
  );

Deno.test("compare() holds a figure against the best of its peers, and every round where that is the goal", () => {
  const verdicts = [
    decode(0.5, 1, 0.6),
    decode(0.58, 1, 0.6),
    [figureOf("whole path, 2000/s, p99", "ms", [12, 15, 19])],
    [figureOf("whole path, 2000/s, p99", "ms", [12, 15, 21])],
    [figureOf("something else", "ms", [1])],
  ].map((figures) => compare(figures).verdict);
  assertEquals(verdicts, [
    "holds",
    "falls short: 0.967 is above 0.9",
    "holds",
    "falls short: 21.0 is above 20",
    "",
  ]);
});

Deno.test("isWorse() marks what is worse by more than the larger spread, in the direction of the unit", () => {
  const cases: [unit: string, now: number[], before: number[], boolean][] = [
    ["ms", [10, 11, 12], [9, 10, 11], false],
    ["ms", [12, 13, 14], [9, 10, 11], true],
    ["delivered/s", [90, 91, 92], [99, 100, 101], true],
    ["delivered/s", [110, 111, 112], [99, 100, 101], false],
    ["us/s", [9], [10], false],
    ["times", [1], [2], true],
  ];
  for (const [unit, now, before, expected] of cases) {
    assertEquals(
      isWorse(figureOf("x", unit, now), figureOf("x", unit, before)),
      expected,
      `${unit}: ${now} after ${before}`,
    );
  }
});

Deno.test("growthOf() compares what a unit costs at the largest and the smallest size, and its goal is that of a flat curve", () => {
  const growth = (last: number[]) =>
    growthOf("accounts, memory each", [
      { size: 5000, costs: last },
      { size: 1000, costs: [1000] },
      { size: 100, costs: [20, 30] },
      { size: 10, costs: [0] },
    ]);
  assertEquals(
    [[24, 30, 90], [60, 60]].map((last) => {
      const figures = growth(last);
      return [figures[0]!.name, figures[0]!.runs.ours, compare(figures)];
    }),
    [
      [
        "curve, accounts, memory each, 5000 against 100",
        [1.2, 1],
        { goal: "at most 1.3", verdict: "holds" },
      ],
      [
        "curve, accounts, memory each, 5000 against 100",
        [3, 2],
        { goal: "at most 1.3", verdict: "falls short: 2.50 is above 1.3" },
      ],
    ],
  );
  assertEquals(growthOf("x", [{ size: 1, costs: [1] }]), []);
});
