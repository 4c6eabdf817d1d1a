/** What the figures of the benchmarks are to reach. @module */

import { MOST_DEPTH_GROWTH, MOST_GROWTH } from "./curve.ts";
import { type Figure, plain, table } from "./harness.ts";

/** A goal for the figures of some name. */
export interface Goal {
  /** The whole name of the figures. */
  readonly name: RegExp;
  /** What is compared: the figure itself, or its ratio to the best of the peers. */
  readonly of: "figure" | "ratio";
  /** Whether it is at most or at least this. */
  readonly bound: "at most" | "at least";
  readonly value: number;
  /** Whether every round must hold, not only the median. */
  readonly isEvery?: boolean;
}

const atMost = (name: RegExp, value: number, isEvery = false): Goal => ({
  name,
  of: "figure",
  bound: "at most",
  value,
  isEvery,
});

const atLeast = (name: RegExp, value: number, isEvery = false): Goal => ({
  ...atMost(name, value, isEvery),
  bound: "at least",
});

const ratioAtMost = (name: RegExp, value: number): Goal => ({
  name,
  of: "ratio",
  bound: "at most",
  value,
});

const ratioAtLeast = (name: RegExp, value: number): Goal => ({
  name,
  of: "ratio",
  bound: "at least",
  value,
});

export const GOALS: readonly Goal[] = [
  ratioAtMost(/^decodeReply, 3 messages/, 0.9),
  ratioAtMost(/^decodeReply, 100 messages/, 0.75),
  ratioAtMost(/^encode(Command|Reply), /, 0.8),
  ratioAtLeast(/^fan-out, 100 subscribers$/, 0.9),
  ratioAtLeast(/^fan-out, (1000|5000) subscribers$/, 1),
  ratioAtMost(/^fan-out, 5000 subscribers, resident memory$/, 1),
  atMost(/^whole path, 2000\/s, p50$/, 3, true),
  atMost(/^whole path, 2000\/s, p99$/, 20, true),
  atMost(/^whole path, 5000\/s, p50$/, 5),
  atMost(/^whole path, 5000\/s, p99$/, 50),
  atMost(/^whole path, 5000\/s, cores$/, 0.7),
  atMost(/^whole path, 5000\/s, CPU a message$/, 130),
  atMost(/ missing$/, 0, true),
  atLeast(/^whole path, 8000\/s, arrived$/, 7900),
  atMost(/^whole path, 500\/s, CPU a message$/, 200),
  atMost(/^\d+ accounts, CPU a message at 500\/s$/, 200),
  atMost(/^resident memory, 10 s after 5000\/s$/, 200),
  atMost(/^(1000|5000) accounts, memory each$/, 32),
  atMost(/^\d+ accounts, CPU of each at rest$/, 10),
  atMost(/^resume, .* 1000000 events$/, 1),
  atMost(/^resume, .* 10000000 events$/, 1),
  atMost(/^curve, (accounts|subscribers), /, MOST_GROWTH),
  atMost(/^curve, journal, /, MOST_DEPTH_GROWTH),
  atMost(/^start, warm/, 200),
  atMost(/^size, md5Hex, gzip$/, 700),
  atMost(/^size, codec, gzip$/, 7700),
  atMost(/^size, QqClient, gzip$/, 12_900),
  atMost(/^size, BridgeClient, gzip$/, 6900),
  atMost(/^import by URL, Deno, mod\.js/, 150),
  atMost(/^console, .* cold load$/, 3000),
  atMost(/^console, .* warm load$/, 1500),
  atMost(/^console, 500 friends, list usable$/, 300),
  atMost(/^console, 500 friends, filter$/, 50),
  atMost(/^console, 50 accounts, page usable$/, 500),
  atMost(/^console, 5000 accounts, page usable$/, 1500),
  atMost(/^console, 5000 accounts, filter$/, 100),
  atMost(/^console, (10,000 messages, newest|from one conv)/, 500),
  atMost(/^console, 10,000 messages, to the first/, 1000),
  atMost(/^console, .* tasks over 100 ms$/, 0),
  atMost(/^console, .* typing p95$/, 100),
  atMost(/^console, .* last shown after$/, 100),
  atMost(/^console, .* heap$/, 60, true),
  atMost(/^console, .* heap at the end against a third$/, 1.1),
  atMost(/^cluster, append, p50$/, 3),
  atMost(/^cluster, append, p99$/, 20),
  atMost(/^cluster, barrier, p99$/, 10),
  atLeast(/^cluster, a replica catches up$/, 50_000),
  atLeast(/^cluster, one stream$/, 15_000),
  atLeast(/^cluster of 3, messages against one bridge$/, 2.5),
  atMost(/^cluster, a NATS leader dies, without writes$/, 8, true),
  atMost(/^cluster, a NATS leader dies, lapses$/, 0, true),
];

/** What is compared with a goal, round by round. */
export interface Compared {
  /** The goal, in words; empty if there is none. */
  readonly goal: string;
  /** `holds`, by how much it does not, or empty if there is no goal. */
  readonly verdict: string;
}

/** Compares a figure with its goal. `figures` are all of its name, each with another peer. */
export function compare(figures: readonly Figure[]): Compared {
  const [figure] = figures;
  const goal = GOALS.find(({ name }) => name.test(figure!.name));
  if (figure === undefined || goal === undefined) {
    return { goal: "", verdict: "" };
  }
  const { bound, value } = goal;
  const isAtMost = bound === "at most";
  const worst = (of: readonly number[]) =>
    isAtMost ? Math.max(...of) : Math.min(...of);
  const reached = goal.of === "figure"
    ? goal.isEvery ? worst(figure.runs.ours) : figure.ours
    : worst(figures.map(({ ratio }) => ratio ?? NaN));
  const holds = isAtMost ? reached <= value : reached >= value;
  const what = goal.of === "ratio" ? " of the best peer" : "";
  return {
    goal: `${bound} ${value}${what}${goal.isEvery ? ", every round" : ""}`,
    verdict: holds
      ? "holds"
      : `falls short: ${plain(reached)} is ${
        isAtMost ? "above" : "below"
      } ${value}`,
  };
}

/** Formats figures of `growthOf` with their verdicts. */
export function curveTable(figures: readonly Figure[]): string {
  return table(
    ["curve", "cost of a unit", "min-max", "verdict"],
    figures.map((figure) => {
      const { ours } = figure.runs;
      return [
        figure.name,
        `${plain(figure.ours)} x`,
        `${plain(Math.min(...ours))}-${plain(Math.max(...ours))}`,
        compare([figure]).verdict,
      ];
    }),
  );
}

/** Whether more of the figure is better. */
export function isMoreBetter(unit: string): boolean {
  return unit === "times" || unit.endsWith("/s") && unit !== "us/s";
}

/** Half of the distance between the least and the greatest round. */
function spreadOf({ runs: { ours } }: Figure): number {
  return (Math.max(...ours) - Math.min(...ours)) / 2;
}

/** Whether a figure is worse than an earlier one by more than the larger of their spreads. */
export function isWorse(now: Figure, earlier: Figure): boolean {
  const by = isMoreBetter(now.unit)
    ? earlier.ours - now.ours
    : now.ours - earlier.ours;
  return by > Math.max(spreadOf(now), spreadOf(earlier));
}
