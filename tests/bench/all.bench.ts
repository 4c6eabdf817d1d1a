/**
 * Runs the benchmarks and prints one table: each figure with its goal, spread
 * and verdict. Keeps the figures in a file that a later run is compared with.
 * The exit code is 0 whatever the figures are; it is 1 if a benchmark fails.
 *
 * deno task bench:all [--out=dist/bench.jsonl] [--against=FILE] [--only=codec,fanout]
 *
 * @module
 */

import { compare, isMoreBetter, isWorse } from "./goals.ts";
import { argument, type Figure, plain, table } from "./harness.ts";

/** The benchmarks in their order, with their arguments. */
const BENCHMARKS: readonly (readonly [name: string, ...args: string[]])[] = [
  ["codec"],
  ["size"],
  ["start"],
  ["journal", "--events=10000000"],
  ["fanout", "--clients=100,1000,5000,10000"],
  ["bridge"],
  ["pushes"],
  ["scale"],
  ["console"],
  ["cluster"],
];

/** Longest time of one benchmark, in milliseconds; one that takes longer is ended. */
const MAX_BENCHMARK_MS = 30 * 60_000;

async function figuresOf(name: string, args: string[]): Promise<Figure[]> {
  console.error(`running ${name} ...`);
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      new URL(`./${name}.bench.ts`, import.meta.url).pathname,
      "--json",
      ...args,
    ],
    stderr: "inherit",
    signal: AbortSignal.timeout(MAX_BENCHMARK_MS),
  }).output();
  if (code !== 0) throw new Error(`${name}: exit code ${code}`);
  return linesOf(new TextDecoder().decode(stdout));
}

function linesOf(text: string): Figure[] {
  return text.split("\n").filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

/** Figures of one name, each with another peer. */
function byName(figures: readonly Figure[]): Map<string, Figure[]> {
  const groups = new Map<string, Figure[]>();
  for (const figure of figures) {
    groups.set(figure.name, [...groups.get(figure.name) ?? [], figure]);
  }
  return groups;
}

/** Our ratio to the peer that is hardest to beat. */
function bestPeerOf(group: readonly Figure[]): string {
  const [best] = group.filter(({ ratio }) => ratio !== null)
    .toSorted((a, b) =>
      isMoreBetter(a.unit) ? a.ratio! - b.ratio! : b.ratio! - a.ratio!
    );
  return best === undefined ? "" : `${plain(best.ratio!)} of ${best.peerName}`;
}

function rowsOf(
  figures: readonly Figure[],
  earlier: ReadonlyMap<string, Figure[]>,
): string[][] {
  return [...byName(figures)].map(([name, group]) => {
    const [figure] = group as [Figure, ...Figure[]];
    const { goal, verdict } = compare(group);
    const { ours } = figure.runs;
    const before = earlier.get(name)?.[0];
    return [
      name,
      goal,
      `${plain(figure.ours)} ${figure.unit}`,
      `${plain(Math.min(...ours))}-${plain(Math.max(...ours))}`,
      bestPeerOf(group),
      verdict,
      before === undefined
        ? ""
        : `${plain(before.ours)}${
          isWorse(figure, before) ? ", now worse" : ""
        }`,
    ];
  });
}

const out = argument("out", "dist/bench.jsonl");
const against = argument("against", "");
const only = argument("only", "");
const chosen = only === ""
  ? BENCHMARKS
  : BENCHMARKS.filter(([name]) => only.split(",").includes(name));
if (chosen.length === 0) {
  console.error(
    `Cannot run benchmarks: --only must name some of ${
      BENCHMARKS.map(([name]) => name).join(", ")
    }, got ${only}`,
  );
  Deno.exit(2);
}
const earlier = byName(
  against === "" ? [] : linesOf(await Deno.readTextFile(against)),
);
const figures: Figure[] = [];
const failed: string[] = [];
for (const [name, ...args] of chosen) {
  try {
    figures.push(...await figuresOf(name, args));
  } catch (error) {
    failed.push(String(error));
  }
}
await Deno.mkdir(out.replace(/[^/]*$/, "") || ".", { recursive: true });
await Deno.writeTextFile(
  out,
  figures.map((figure) => JSON.stringify(figure) + "\n").join(""),
);
console.log(table(
  [
    "figure",
    "goal",
    "median",
    "min-max",
    "ratio to best peer",
    "verdict",
    ...against === "" ? [] : [`in ${against}`],
  ],
  rowsOf(figures, earlier),
));
for (const failure of failed) {
  console.error(`Cannot finish a benchmark: ${failure}`);
}
Deno.exit(failed.length > 0 ? 1 : 0);
