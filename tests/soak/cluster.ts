/**
 * A cluster of two nodes and three NATS servers under messages and keyed
 * commands, while nodes and servers are killed, stopped and cut off. Prints each
 * fault, then each promise with its figure and whether it holds.
 *
 * deno run --allow-all tests/soak/cluster.ts [SEED] [--kill=100] [--nats=50] [--end=20] [--stop=0] [--cut=0] [--outage=0] [--rate=550] [--commands=60] [--accounts=12] [--lanes=3] [--ttl-ms=14000] [--resumes=1000] [--minutes=N] [--no-keys] [--addresses=2]
 *
 * @module
 */

import {
  type ClusterCrashOptions,
  type ClusterCrashReport,
  crashCluster,
  FAULTS,
} from "../support/cluster_crashes.ts";

/** Faults and rates of the whole soak. */
const WHOLE: Omit<ClusterCrashOptions, "seed"> = {
  faults: { kill: 100, nats: 50, end: 20 },
  perSecond: 550,
  commandsPerSecond: 60,
  accounts: 12,
  lanes: 3,
  ttlMs: 14_000,
  resumes: 1000,
};

/** A promise, what was measured, and whether that keeps it. */
interface Verdict {
  readonly promise: string;
  readonly measured: string;
  readonly holds: boolean;
  /** Whether it is about how much was done, not about what must never happen. */
  readonly isAmount?: boolean;
}

/** Runs it; returns whether the promises held. */
export async function clusterCrashes(
  seed: number,
  options: Omit<ClusterCrashOptions, "seed"> = WHOLE,
): Promise<boolean> {
  console.log(`seed ${seed}, ${JSON.stringify(options)}`);
  const report = await crashCluster({
    ...options,
    seed,
    onProgress: (line) => console.log(line),
  });
  console.log(JSON.stringify(report));
  const verdicts = verdictsOf(report, options);
  for (const { promise, measured, holds } of verdicts) {
    console.log(
      `${holds ? "holds      " : "FALLS SHORT"} ${promise}: ${measured}`,
    );
  }
  return verdicts.every(({ holds, isAmount }) => holds || isAmount);
}

/** Whether everything arrived once, in order, and the replicas are equal. */
export function isWhole(report: ClusterCrashReport): boolean {
  const { arrivals, executions, outcomes } = report;
  const faults = [arrivals, executions, outcomes]
    .map(({ lost, doubled, outOfOrder }) => lost + doubled + outOfOrder);
  return [...faults, report.differingRows, report.wrongResumes]
    .every((count) => count === 0) &&
    report.messages > 0 && report.commands > 0;
}

function verdictsOf(
  report: ClusterCrashReport,
  { ttlMs, honoursKeys = true, faults }: Omit<ClusterCrashOptions, "seed">,
): Verdict[] {
  const { arrivals, executions, outcomes, takeoverMs, handoverMs } = report;
  const { electionMs, stoppedEarlierMs } = report;
  const done = report.faults;
  const nothing = { lost: 0, doubled: 0, outOfOrder: 0 };
  const isNothing = (counts: typeof nothing, mayLack = 0) =>
    counts.lost <= mayLack && counts.doubled + counts.outOfOrder === 0;
  const { unknownCommands } = report;
  // A server without keys sends nothing again, so its mail can be lost or late.
  const isArrived = honoursKeys ? isNothing(arrivals) : arrivals.doubled === 0;
  const counted = ({ lost, doubled, outOfOrder }: typeof nothing) =>
    `${lost} lost, ${doubled} doubled, ${outOfOrder} out of order`;
  const hasDefaultTtl = ttlMs >= 14_000;
  return [
    ...(Object.keys(FAULTS) as (keyof typeof FAULTS)[])
      .filter((fault) => (faults[fault] ?? 0) > 0)
      .map((fault) => ({
        promise: FAULTS[fault],
        measured: `${done[fault]} of ${faults[fault]}${
          fault === "nats" && report.natsRestarts > 0
            ? `, and ${report.natsRestarts} that did not catch up started again`
            : ""
        }`,
        holds: done[fault] === faults[fault],
        isAmount: true,
      })),
    {
      promise: "1,000,000 events",
      measured: `${report.events}, ${report.messages} of them messages, ${
        report.messagesPerSecond.toFixed(0)
      }/s`,
      holds: report.events >= 1_000_000,
      isAmount: true,
    },
    {
      promise: honoursKeys
        ? "0 messages lost, doubled or out of order"
        : "0 messages doubled at a server without keys",
      measured: counted(arrivals),
      holds: isArrived,
    },
    {
      promise: "100,000 keyed commands",
      measured: `${report.commands}`,
      holds: report.commands >= 100_000,
      isAmount: true,
    },
    {
      promise: "0 commands missing or doubled at the QQ server",
      measured: `${
        counted(executions)
      }, ${unknownCommands} with an unknown outcome`,
      holds: isNothing(executions, unknownCommands),
    },
    {
      promise: "0 events of commands missing or doubled",
      measured: counted(outcomes),
      holds: isNothing(outcomes, unknownCommands),
    },
    {
      promise: "0 differing rows",
      measured: `${report.differingRows}`,
      holds: report.differingRows === 0,
    },
    within(
      "owned elsewhere after a kill, stop or cut",
      takeoverMs,
      Math.min(ttlMs + 3000, 15_000),
    ),
    within("owned elsewhere after a SIGTERM", handoverMs, 1000),
    within("writes after the death of a NATS leader", electionMs, 8000),
    {
      promise: "0 leases end with one NATS server, at the TTL of 14 s",
      measured: `${report.lapses}`,
      holds: !hasDefaultTtl || report.lapses === 0,
    },
    {
      promise: "a node that is cut off stops before another takes over",
      measured: spread(stoppedEarlierMs),
      holds: stoppedEarlierMs.every((ms) => ms > 0),
    },
    {
      promise: "a consumer goes on where it acknowledged at the other node",
      measured: `${report.resumes - report.wrongResumes} of ${report.resumes}`,
      holds: report.wrongResumes === 0,
    },
  ];
}

function within(
  what: string,
  times: readonly number[],
  mostMs: number,
): Verdict {
  return {
    promise: `${what}, within ${mostMs} ms`,
    measured: spread(times),
    holds: times.every((ms) => ms <= mostMs),
  };
}

function spread(times: readonly number[]): string {
  if (times.length === 0) return "not tried";
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  return `${sorted[0]} to ${
    sorted.at(-1)
  } ms, median ${median}, ${times.length} times`;
}

if (import.meta.main) {
  const flag = (name: string) =>
    Deno.args.find((text) => text.startsWith(`--${name}=`))
      ?.slice(name.length + 3);
  const number = (name: string, otherwise: number) =>
    Number(flag(name) ?? otherwise);
  const hasFaults = Object.keys(FAULTS).some((fault) => flag(fault));
  const faults = Object.keys(FAULTS).map((fault) => [
    fault,
    // Naming one fault leaves out the others.
    number(
      fault,
      hasFaults ? 0 : WHOLE.faults[fault as keyof typeof FAULTS] ?? 0,
    ),
  ]);
  const [seed = Date.now() % 100_000] = Deno.args
    .filter((text) => !text.startsWith("--")).map(Number);
  const held = await clusterCrashes(seed, {
    faults: Object.fromEntries(faults),
    perSecond: number("rate", WHOLE.perSecond),
    commandsPerSecond: number("commands", WHOLE.commandsPerSecond),
    accounts: number("accounts", WHOLE.accounts!),
    lanes: number("lanes", WHOLE.lanes!),
    ttlMs: number("ttl-ms", WHOLE.ttlMs),
    resumes: number("resumes", WHOLE.resumes!),
    limitMs: number("minutes", Infinity) * 60_000,
    honoursKeys: !Deno.args.includes("--no-keys"),
    addresses: number("addresses", 1) === 2 ? 2 : 1,
  });
  Deno.exit(held ? 0 : 1);
}
