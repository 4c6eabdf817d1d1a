/**
 * A cluster of two nodes and three NATS servers under messages and commands,
 * while nodes and servers are killed: nothing is lost, doubled or different.
 * `deno run --allow-all tests/soak/cluster.ts SEED NODES SERVERS ENDS RATE TTL`.
 *
 * @module
 */

import {
  type ClusterCrashReport,
  crashCluster,
} from "../support/cluster_crashes.ts";

/** Runs it; returns whether the promise held. */
export async function clusterCrashes(
  seed: number,
  nodeKills = 100,
  natsKills = 50,
  nodeEnds = 20,
  perSecond = 500,
  ttlMs = 12_000,
): Promise<boolean> {
  const report = await crashCluster({
    seed,
    nodeKills,
    natsKills,
    nodeEnds,
    perSecond,
    ttlMs,
    onProgress: (line) => console.log(line),
  });
  console.log(report);
  return holds(report, ttlMs);
}

/** Whether everything arrived once, in order, and the replicas are equal. */
export function isWhole(report: ClusterCrashReport): boolean {
  const { messages, commands } = report;
  const faults = report.lost + report.doubled + report.outOfOrder +
    report.commandsMissing + report.commandsDoubled + report.differingRows;
  return faults === 0 && messages > 0 && commands > 0;
}

/** Whether a report shows nothing that must not be, and nothing that took too long. */
function holds(report: ClusterCrashReport, ttlMs: number): boolean {
  const { takeoverMs, handoverMs, lapses } = report;
  return isWhole(report) &&
    takeoverMs.every((ms) => ms <= ttlMs + 3000) &&
    handoverMs.every((ms) => ms <= 1000) &&
    // A TTL below that of the default ends with an election of NATS.
    (ttlMs < 12_000 || lapses === 0);
}

if (import.meta.main) {
  const [seed = Date.now() % 100_000, ...counts] = Deno.args.map(Number);
  Deno.exit(await clusterCrashes(seed, ...counts) ? 0 : 1);
}
