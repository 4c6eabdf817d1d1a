/**
 * The whole path of a message, with the journal on disk: from a mailbox at the
 * QQ server through `serve`, a process of its own, to a WebSocket client. The
 * QQ server and the clients are in this process.
 *
 * deno task bench:bridge [--json] [--accounts=1000] [--rates=20,500,2000,5000] [--ceiling=8000] [--rounds=3] [--seconds=10] [--idle=9000]
 *
 * @module
 */

import { residentBytes } from "../support/process_figures.ts";
import { argument, figureOf, plain, printFigures, table } from "./harness.ts";
import { type RunFigures, sleepMs, WholeWay } from "./load/whole_way.ts";

/** How long after the load its memory is read: what a burst took is given back. */
const BACK_MS = 10_000;

const accounts = Number(argument("accounts", "1000"));
const rates = argument("rates", "20,500,2000,5000").split(",").map(Number);
const ceiling = Number(argument("ceiling", "8000"));
const rounds = Number(argument("rounds", "3"));
const seconds = Number(argument("seconds", "10"));
const idle = Number(argument("idle", "9000"));
const asJson = Deno.args.includes("--json");

const FIGURES: readonly [
  title: string,
  unit: string,
  of: (run: RunFigures) => number,
][] = [
  ["p50", "ms", (run) => run.p50Ms],
  ["p99", "ms", (run) => run.p99Ms],
  ["cores", "cores", (run) => run.cores],
  ["CPU a message", "us", (run) => run.cores * 1e6 / run.perSecond],
  ["arrived", "messages/s", (run) => run.perSecond],
  ["missing", "messages", (run) => run.missing],
];

const bench = await WholeWay.make(accounts);
const allRates = [...rates, ceiling];
const runs = allRates.map((): RunFigures[] => []);
const residentMb: number[] = [];
try {
  await bench.start();
  await bench.subscribe();
  await bench.run(500, 3);
  for (let round = 0; round < rounds; round++) {
    for (const [index, rate] of rates.entries()) {
      runs[index]!.push(await bench.run(rate, seconds));
    }
    await sleepMs(BACK_MS);
    residentMb.push(residentBytes(bench.fleet.pid) / 1e6);
  }
  for (let round = 0; round < rounds; round++) {
    runs.at(-1)!.push(await bench.run(ceiling, seconds));
  }
  await sleepMs(BACK_MS);
  const beforeIdle = residentBytes(bench.fleet.pid);
  await bench.idle(idle);
  await sleepMs(3000);
  const eachClient = (residentBytes(bench.fleet.pid) - beforeIdle) /
    idle;
  const figures = [
    ...allRates.flatMap((rate, index) =>
      FIGURES.map(([title, unit, of]) =>
        figureOf(`whole path, ${rate}/s, ${title}`, unit, runs[index]!.map(of))
      )
    ),
    figureOf(
      `resident memory, 10 s after ${rates.at(-1)}/s`,
      "MB",
      residentMb,
    ),
    figureOf("memory of an idle client", "kB", [eachClient / 1000]),
  ];
  if (asJson) printFigures(figures);
  else {
    console.log(table(
      [`${accounts} accounts`, "median", "min-max", "unit"],
      figures.map(({ name, ours, runs, unit }) => [
        name,
        plain(ours),
        `${plain(Math.min(...runs.ours))}-${plain(Math.max(...runs.ours))}`,
        unit,
      ]),
    ));
  }
} finally {
  await bench[Symbol.asyncDispose]();
}
Deno.exit(0);
