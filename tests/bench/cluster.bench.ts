/**
 * What a cluster costs: the log on three NATS servers, a replica that catches
 * up, one stream to many clients, a message through one bridge and through
 * clusters of one and three nodes, and the death of a NATS leader.
 *
 * deno task bench:cluster [--json] [--only=log,stream,way,leader] [--rounds=3] [--seconds=10] [--events=300000] [--clients=1000] [--rate=15000] [--accounts=1000] [--leaders=3]
 *
 * @module
 */

import { crashCluster } from "../support/cluster_crashes.ts";
import { canSyncAlways, natsVersion } from "../support/nats_servers.ts";
import { compare } from "./goals.ts";
import {
  argument,
  type Figure,
  figureOf,
  plain,
  printFigures,
  table,
} from "./harness.ts";
import { ClusterLogBench } from "./load/cluster_log.ts";
import { ClusterWay } from "./load/cluster_way.ts";
import { measureStream } from "./load/cluster_stream.ts";

/** Messages a second of the comparison by CPU. */
const WAY_RATE = 1500;

const number = (name: string, otherwise: number) =>
  Number(argument(name, String(otherwise)));
const rounds = number("rounds", 3);
const seconds = number("seconds", 10);
const only = argument("only", "log,stream,way,leader").split(",");
const figures: Figure[] = [];
const add = (...all: Parameters<typeof figureOf>) =>
  figures.push(figureOf(...all));

async function measureLog(): Promise<void> {
  await using bench = await ClusterLogBench.start();
  const journal = await bench.open();
  await bench.append(journal, 500, 2);
  const appends = [];
  const barriers = [];
  for (let round = 0; round < rounds; round++) {
    appends.push(await bench.append(journal, 2000, seconds));
    barriers.push(await bench.settle(journal, 500, seconds));
  }
  await bench.fill(journal, number("events", 300_000));
  const caughtUp = [];
  for (let round = 0; round < rounds; round++) {
    caughtUp.push(await bench.catchUp());
  }
  add("cluster, append, p50", "ms", appends.map(({ p50 }) => p50));
  add("cluster, append, p99", "ms", appends.map(({ p99 }) => p99));
  add("cluster, barrier, p50", "ms", barriers.map(({ p50 }) => p50));
  add("cluster, barrier, p99", "ms", barriers.map(({ p99 }) => p99));
  add("cluster, a replica catches up", "events/s", caughtUp);
}

async function measureClients(): Promise<void> {
  const runs = await measureStream({
    clients: number("clients", 1000),
    rate: number("rate", 15_000),
    rounds,
    seconds,
  });
  add("cluster, one stream", "events/s", runs.map((run) => run.perSecond));
  add("cluster, one stream, p50", "ms", runs.map((run) => run.p50Ms));
  add("cluster, one stream, missing", "events", runs.map((run) => run.missing));
}

/** The sides take turns, so that what else the machine does meets all of them. */
async function measureWays(): Promise<void> {
  const accounts = number("accounts", 1000);
  await using alone = await ClusterWay.start(0, accounts);
  await using one = await ClusterWay.start(1, accounts);
  await using three = await ClusterWay.start(3, accounts);
  const sides = [alone, one, three];
  const costs = sides.map((): Awaited<ReturnType<ClusterWay["run"]>>[] => []);
  for (let round = -1; round < rounds; round++) {
    const order = [...sides.keys()];
    if (round % 2 !== 0) order.reverse();
    for (const index of order) {
      const cost = await sides[index]!.run(WAY_RATE, seconds);
      if (round >= 0) costs[index]!.push(cost);
    }
  }
  const busiest = costs.map((runs) =>
    runs.map(({ nodesUs }) => Math.max(...nodesUs))
  );
  const peer = { name: "one bridge, SQLite", runs: busiest[0]! };
  for (const [index, nodes] of [[1, 1], [2, 3]] as const) {
    const name = `cluster of ${nodes}`;
    add(`${name}, CPU of a node a message`, "us", busiest[index]!, peer);
    add(
      `${name}, CPU of NATS a message`,
      "us",
      costs[index]!.map(({ natsUs }) => natsUs),
    );
    add(
      `${name}, missing`,
      "messages",
      costs[index]!.map(({ missing }) => missing),
    );
  }
  for (const [index, side] of ["one bridge", "a cluster of 1"].entries()) {
    add(
      `cluster of 3, messages against ${side}`,
      "times",
      busiest[2]!.map((us, round) => busiest[index]![round]! / us),
    );
  }
}

async function measureLeader(): Promise<void> {
  const report = await crashCluster({
    // Every other server that is killed leads the stream.
    faults: { nats: 2 * number("leaders", 3) - 1 },
    perSecond: 200,
    commandsPerSecond: 50,
    ttlMs: 14_000,
    seed: 1,
  });
  add(
    "cluster, a NATS leader dies, without writes",
    "s",
    report.electionMs.map((ms) => ms / 1000),
  );
  add("cluster, a NATS leader dies, lapses", "leases", [report.lapses]);
}

if (natsVersion === undefined) {
  console.error(
    "Cannot measure the cluster: nats-server must be installed. Install Debian's package nats-server.",
  );
  Deno.exit(0);
}
if (only.includes("log")) await measureLog();
if (only.includes("stream")) await measureClients();
if (only.includes("way")) await measureWays();
if (only.includes("leader")) await measureLeader();
if (Deno.args.includes("--json")) printFigures(figures);
else {
  console.log(
    `three NATS servers ${natsVersion}, ${
      canSyncAlways(natsVersion) ? "sync_interval: always" : "default sync"
    }`,
  );
  console.log(table(
    ["figure", "goal", "median", "min-max", "unit", "ratio", "verdict"],
    figures.map((figure) => {
      const { name, ours, unit, ratio, runs } = figure;
      const { goal, verdict } = compare([figure]);
      return [
        name,
        goal,
        plain(ours),
        `${plain(Math.min(...runs.ours))}-${plain(Math.max(...runs.ours))}`,
        unit,
        ratio === null ? "" : plain(ratio),
        verdict,
      ];
    }),
  ));
}
Deno.exit(0);
