import { assertEquals, assertRejects } from "@std/assert";
import {
  loadCluster,
  warnIfNearlyFull,
} from "../../../bridge/cli/program/cluster.ts";
import { ConfigError } from "../../../bridge/config/config.ts";
import { ClusterNode } from "../../../bridge/cluster/cluster_node.ts";
import {
  MemoryNetwork,
  MemoryRpc,
} from "../../../bridge/cluster/memory_rpc.ts";
import { toFoundingRecord } from "../../../bridge/cluster/sealing/founding.ts";
import { openMemoryLog, turnClock } from "../../support/cluster_nodes.ts";
import { until } from "../../support/nats_stage.ts";

const SECRET_KEY = "the-secret-key-of-a-cluster";

/** A node in memory of a cluster that was just founded. */
async function openNode() {
  const log = openMemoryLog();
  const founding = { epoch: "k3f9k3f9k3f9", head: 0, ttlMs: 3000, replicas: 1 };
  await log.found(toFoundingRecord(founding, SECRET_KEY, "tqq"));
  const node = await ClusterNode.open({
    log,
    rpc: new MemoryRpc(new MemoryNetwork(turnClock)),
    name: "tqq",
    secretKey: SECRET_KEY,
    path: ":memory:",
    folder: "folder",
    isEdge: false,
    clock: turnClock,
    monotonic: () => performance.now(),
  });
  return {
    log,
    node,
    async end() {
      await node.close();
      await log.close();
    },
  };
}

Deno.test("ClusterNode: is not ready without a lease, and while it has 5,000 records to apply", async () => {
  const { node, log, end } = await openNode();
  assertEquals(node.problem, "cluster_disconnected");
  node.start();
  await until(() => node.problem === undefined, "the lease");
  let lag = 4999;
  log.lag = () => lag;
  assertEquals(node.problem, undefined);
  lag = 5000;
  assertEquals([node.problem, node.lag], ["cluster_behind", 5000]);
  await end();
});

Deno.test("loadCluster() says in one line what to do when the program is a binary", async () => {
  const error = await assertRejects(() => loadCluster(true), ConfigError);
  assertEquals(
    error.message,
    "Cannot use --cluster: the binary of `deno task compile` has no cluster. Start each node from the source, with `deno task start:cluster`.",
  );
});

Deno.test("warnIfNearlyFull() warns from 80 % of the log's size on", () => {
  for (
    const [bytes, maxBytes, warnings] of [
      [799, 1000, 0],
      [800, 1000, 1],
      [1e12, undefined, 0],
    ] as const
  ) {
    const warned: unknown[] = [];
    const info = { bytes, ...(maxBytes === undefined ? {} : { maxBytes }) };
    warnIfNearlyFull(info, { warn: (message) => warned.push(message) });
    assertEquals(warned.length, warnings, `${bytes} of ${maxBytes}`);
  }
});
