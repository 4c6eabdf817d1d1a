/**
 * What the bridge costs at several sizes: memory for each account with its
 * client, CPU for each message, and what rest costs. The curve is to be flat.
 * The other curves are those of the fan-out and of the journal, from their own
 * benchmarks.
 *
 * deno task bench:scale [--json] [--curve=accounts] [--sizes=100,300,1000,3000,5000] [--runs=1] [--rate=500] [--seconds=5] [--rest=25]
 * deno task bench:scale --curve=subscribers [--json] [--sizes=100,1000,5000,10000]
 * deno task bench:scale --curve=journal [--json] [--sizes=10000000]
 *
 * @module
 */

import { cpuSeconds, residentBytes } from "../support/process_figures.ts";
import { growthOf } from "./curve.ts";
import { curveTable } from "./goals.ts";
import { argument, figureOf, plain, printFigures, table } from "./harness.ts";
import { sleepMs, WholeWay } from "./load/whole_way.ts";

/** Time until the garbage of a start has been collected, in milliseconds. */
const SETTLE_MS = 3000;

/** Samples of its memory; the smallest contains the least garbage. */
const LOOKS = 30;

/** Windows of rest until two in a row agree; the last two count if none do. */
const MAX_WINDOWS = 5;

/** How much two windows that agree differ at most, as a fraction of the first. */
const AGREE = 0.1;

/** How long the accounts are waited for to be online: a busy machine takes minutes for 5,000. */
const ONLINE_MS = 300_000;

/** Longest time of a benchmark that gives another curve. */
const MAX_CURVE_MS = 40 * 60_000;

/** Runs another benchmark, which prints its curve. Returns its exit code. */
async function runCurve(name: string, args: string[]): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      new URL(`./${name}.bench.ts`, import.meta.url).pathname,
      ...args,
      ...Deno.args.filter((arg) => arg === "--json"),
    ],
    stdout: "inherit",
    stderr: "inherit",
    signal: AbortSignal.timeout(MAX_CURVE_MS),
  }).output();
  return code;
}

/** Figures of one size. */
interface SizeFigures {
  accounts: number;
  startMs: number;
  residentMb: number;
  /** More than before the first login. */
  kbEach: number;
  /** More than at the previous size. */
  kbMoreEach: number;
  restCores: number;
  restUsEachSecond: number;
  /** When the rest was measured that counts, after the load. */
  restAfterS: number;
  cpuUsAMessage: number;
  p50Ms: number;
  p99Ms: number;
  missing: number;
}

/** What the program costs at rest, and its memory meanwhile. */
interface Rest {
  /** Mean of the last two windows. */
  cores: number;
  /** The smallest sample of these windows. */
  bytes: number;
  /** When these windows began, in seconds. */
  afterS: number;
}

/**
 * Takes windows until two in a row agree: after a load the program collects
 * its garbage, which is no part of its rest. A window is as long as a poll, so
 * that each contains as many.
 */
async function measureRest(pid: number, windowMs: number): Promise<Rest> {
  let last = { cores: NaN, bytes: Infinity };
  for (let window = 1;; window++) {
    const before = last;
    const cpuBefore = cpuSeconds(pid);
    const from = performance.now();
    let bytes = Infinity;
    for (let look = 0; look < LOOKS; look++) {
      await sleepMs(windowMs / LOOKS);
      bytes = Math.min(bytes, residentBytes(pid));
    }
    const tookS = (performance.now() - from) / 1000;
    last = { cores: (cpuSeconds(pid) - cpuBefore) / tookS, bytes };
    const agrees = Math.abs(last.cores - before.cores) <= AGREE * before.cores;
    if (!agrees && window < MAX_WINDOWS) continue;
    return {
      cores: (before.cores + last.cores) / 2,
      bytes: Math.min(before.bytes, last.bytes),
      afterS: (window - 2) * windowMs / 1000,
    };
  }
}

async function measure(
  accounts: number,
  rate: number,
  seconds: number,
  restMs: number,
  smaller: SizeFigures | undefined,
): Promise<SizeFigures> {
  await using load = await WholeWay.make(accounts);
  const from = performance.now();
  await load.fleet.start();
  const { pid } = load.fleet;
  const emptyBytes = residentBytes(pid);
  await load.fleet.allOnline(ONLINE_MS);
  const startMs = performance.now() - from;
  await load.subscribe();
  await load.run(rate, 2);
  const run = await load.run(rate, seconds);
  await sleepMs(SETTLE_MS);
  const { cores: restCores, bytes, afterS } = await measureRest(pid, restMs);
  return {
    accounts,
    startMs,
    residentMb: bytes / 1e6,
    kbEach: (bytes - emptyBytes) / accounts / 1000,
    kbMoreEach: smaller === undefined
      ? NaN
      : (bytes / 1e6 - smaller.residentMb) * 1000 /
        (accounts - smaller.accounts),
    restCores,
    restUsEachSecond: restCores * 1e6 / accounts,
    restAfterS: afterS + SETTLE_MS / 1000,
    cpuUsAMessage: (run.cores - restCores) * 1e6 / run.perSecond,
    p50Ms: run.p50Ms,
    p99Ms: run.p99Ms,
    missing: run.missing,
  };
}

const curve = argument("curve", "accounts");
if (curve === "subscribers") {
  const clients = argument("sizes", "100,1000,5000,10000");
  Deno.exit(
    await runCurve("fanout", [
      `--clients=${clients}`,
      "--rounds=3",
      "--ms=1000",
    ]),
  );
} else if (curve === "journal") {
  const events = argument("sizes", "10000000");
  Deno.exit(
    await runCurve("journal", ["--only=resumes", `--events=${events}`]),
  );
} else if (curve !== "accounts") {
  console.error(
    `Cannot measure a curve: --curve must be accounts, subscribers or journal, got ${curve}`,
  );
  Deno.exit(2);
}
const asJson = Deno.args.includes("--json");
const sizes = argument("sizes", "100,300,1000,3000,5000").split(",")
  .map(Number);
const runs = Number(argument("runs", "1"));
const rate = Number(argument("rate", "500"));
const seconds = Number(argument("seconds", "5"));
/** How long a window of the idle program is: a long poll. */
const restMs = Number(argument("rest", "25")) * 1000;
const rows: SizeFigures[] = [];
let hasFailed = false;
for (let run = 0; run < runs; run++) {
  let smaller: SizeFigures | undefined;
  for (const size of sizes) {
    console.error(`${size} accounts ...`);
    try {
      smaller = await measure(size, rate, seconds, restMs, smaller);
      rows.push(smaller);
    } catch (error) {
      hasFailed = true;
      console.error(`Cannot measure ${size} accounts: ${error}`);
    }
  }
}
const bySize = sizes.map((size) => ({
  size,
  rows: rows.filter(({ accounts }) => accounts === size),
})).filter(({ rows }) => rows.length > 0);
const growth = ([
  ["memory each", "kbEach"],
  ["CPU of each at rest", "restUsEachSecond"],
  [`CPU a message at ${rate}/s`, "cpuUsAMessage"],
] as const).flatMap(([title, key]) =>
  growthOf(
    `accounts, ${title}`,
    bySize.map(({ size, rows }) => ({
      size,
      costs: rows.map((row) => row[key]),
    })),
  )
);
if (asJson) {
  for (const { size, rows } of bySize) {
    const of = (title: string, unit: string, key: keyof SizeFigures) =>
      figureOf(`${size} accounts, ${title}`, unit, rows.map((row) => row[key]));
    printFigures([
      of("memory each", "kB", "kbEach"),
      of("CPU of each at rest", "us/s", "restUsEachSecond"),
      of(`CPU a message at ${rate}/s`, "us", "cpuUsAMessage"),
      of("at rest after", "s", "restAfterS"),
      of("all online after", "ms", "startMs"),
      of("missing", "messages", "missing"),
    ]);
  }
  printFigures(growth);
}
if (!asJson) {
  console.log(table(
    [
      `accounts and clients, ${rate} messages/s`,
      "all online ms",
      "MB",
      "kB each",
      "kB more each",
      "us CPU a message",
      "cores at rest",
      "us each a second",
      "at rest after s",
      "p50 ms",
      "p99 ms",
      "missing",
    ],
    rows.map((row) => [
      String(row.accounts),
      plain(row.startMs),
      plain(row.residentMb),
      plain(row.kbEach),
      plain(row.kbMoreEach),
      plain(row.cpuUsAMessage),
      plain(row.restCores),
      plain(row.restUsEachSecond),
      plain(row.restAfterS),
      plain(row.p50Ms),
      plain(row.p99Ms),
      String(row.missing),
    ]),
  ));
  if (growth.length > 0) console.log(`\n${curveTable(growth)}`);
}
Deno.exit(hasFailed ? 1 : 0);
