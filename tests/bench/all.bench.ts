/**
 * Runs the benchmarks and prints one table: each figure with its goal, spread
 * and verdict. Keeps the figures in a file that a later run is compared with.
 * The exit code is 0 whatever the figures are; it is 1 if a benchmark fails,
 * which is a row too, and the others go on.
 *
 * deno task bench:all [--out=dist/bench.jsonl] [--against=FILE] [--only=codec,fanout] [--more] [--tiny]
 *
 * Without `--more` it takes about 20 minutes and measures the library and a
 * single bridge; with it also pushes, the console and a cluster. `--tiny` only
 * shows whether all run.
 *
 * @module
 */

import { compare, isMoreBetter, isWorse } from "./goals.ts";
import { argument, type Figure, plain, table } from "./harness.ts";

/** A benchmark with its arguments. */
interface Benchmark {
  readonly name: string;
  readonly args: readonly string[];
  /** Its arguments where it is only tried. */
  readonly tiny?: readonly string[];
  /** Whether it runs only if it is asked for. */
  readonly isMore?: boolean;
}

/** The benchmarks in their order. */
const BENCHMARKS: readonly Benchmark[] = [
  { name: "codec", args: [] },
  { name: "size", args: [] },
  { name: "start", args: [], tiny: ["--rounds=3"] },
  { name: "url_import", args: [] },
  {
    name: "bridge",
    args: [],
    tiny: [
      "--accounts=20",
      "--rates=20,500,2000,5000",
      "--seconds=1",
      "--idle=50",
    ],
  },
  {
    name: "fanout",
    args: ["--clients=100,1000,5000,10000"],
    tiny: ["--clients=10,100", "--rounds=3", "--ms=300"],
  },
  {
    name: "scale",
    args: ["--sizes=100,1000,5000", "--runs=3"],
    tiny: ["--sizes=10,50", "--runs=3", "--rest=5", "--seconds=2"],
  },
  {
    name: "journal",
    args: ["--events=10000000"],
    tiny: ["--events=100000"],
  },
  { name: "pushes", args: [], isMore: true },
  { name: "console", args: [], isMore: true },
  { name: "cluster", args: [], isMore: true },
];

/** Longest time of one benchmark, in milliseconds; one that takes longer is ended. */
const MAX_BENCHMARK_MS = 25 * 60_000;

/** What a benchmark gave, also one that failed later. */
interface Outcome {
  readonly figures: readonly Figure[];
  /** Why it failed; undefined if it did not. */
  readonly failure: string | undefined;
}

async function run(name: string, args: readonly string[]): Promise<Outcome> {
  const from = performance.now();
  console.error(`${name}: runs ...`);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      new URL(`./${name}.bench.ts`, import.meta.url).pathname,
      "--json",
      ...args,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const timer = setTimeout(() => child.kill(), MAX_BENCHMARK_MS);
  const { code, stdout } = await child.output();
  clearTimeout(timer);
  const seconds = Math.round((performance.now() - from) / 1000);
  const figures = linesOf(new TextDecoder().decode(stdout));
  const failure = code !== 0
    ? `exit code ${code} after ${seconds} s`
    : figures.length === 0
    ? "no figures"
    : undefined;
  console.error(
    `${name}: ${figures.length} figures, ${seconds} s${
      failure === undefined ? "" : `; failed: ${failure}`
    }`,
  );
  return { figures, failure };
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
const isTiny = Deno.args.includes("--tiny");
const chosen = only === ""
  ? BENCHMARKS.filter(({ isMore }) =>
    isMore !== true || Deno.args.includes("--more")
  )
  : BENCHMARKS.filter(({ name }) => only.split(",").includes(name));
if (chosen.length === 0) {
  console.error(
    `Cannot run benchmarks: --only must name some of ${
      BENCHMARKS.map(({ name }) => name).join(", ")
    }, got ${only}`,
  );
  Deno.exit(2);
}
const earlier = byName(
  against === "" ? [] : linesOf(await Deno.readTextFile(against)),
);
const figures: Figure[] = [];
const failed: string[][] = [];
await Deno.mkdir(out.replace(/[^/]*$/, "") || ".", { recursive: true });
for (const { name, args, tiny } of chosen) {
  const outcome = await run(name, isTiny ? tiny ?? args : args);
  figures.push(...outcome.figures);
  if (outcome.failure !== undefined) {
    failed.push([name, "", "", "", "", `failed: ${outcome.failure}`]);
  }
  // After each, so that an end in between keeps what is there.
  await Deno.writeTextFile(
    out,
    figures.map((figure) => JSON.stringify(figure) + "\n").join(""),
  );
}
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
  [...rowsOf(figures, earlier), ...failed],
));
Deno.exit(failed.length > 0 ? 1 : 0);
