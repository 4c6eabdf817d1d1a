import { assertEquals, assertRejects } from "@std/assert";
import {
  loadCluster,
  warnIfNearlyFull,
} from "../../../bridge/cli/program/cluster.ts";
import { ConfigError } from "../../../bridge/config/config.ts";
import {
  ClusterNode,
  type ClusterNodeOptions,
} from "../../../bridge/cluster/cluster_node.ts";
import {
  MemoryNetwork,
  MemoryRpc,
} from "../../../bridge/cluster/memory_rpc.ts";
import { toFoundingRecord } from "../../../bridge/cluster/sealing/founding.ts";
import { openJournal } from "../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../bridge/journal/sqlite/sqlite_journal.ts";
import { openMemoryLog, turnClock } from "../../support/cluster_nodes.ts";
import { until } from "../../support/nats_stage.ts";

const SECRET_KEY = "the-secret-key-of-a-cluster";

/** A node in memory of a cluster that was just founded. */
async function openNode(
  { epoch = "k3f9k3f9k3f9", head = 0 } = {},
  options: Partial<ClusterNodeOptions> = {},
) {
  const log = openMemoryLog();
  const founding = { epoch, head, ttlMs: 3000, replicas: 1 };
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
    ...options,
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

Deno.test("ClusterNode: founds a cluster with a journal whose events have all expired, which looks like a new replica", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/journal.db`;
  const single = new SqliteJournal(openJournal(path));
  const { epoch } = single;
  await single.append({
    events: [{
      account: "10001",
      at: 0,
      event: "message",
      data: { from: "10002", text: "x" },
    }],
    poll: { account: "10001", number: 7, repeats: true },
  });
  single.trim(Date.now(), { days: 1, bytes: 1e9 });
  assertEquals([single.head, single.oldest], [1, 2]);
  await single.close();
  const { node, end } = await openNode({ epoch, head: 1 }, {
    path,
    isFounder: true,
    signal: AbortSignal.abort(new Error("a copy is waited for")),
  });
  try {
    assertEquals([node.journal.head, node.journal.polls("10001")], [1, 7]);
  } finally {
    await end();
    await Deno.remove(folder, { recursive: true });
  }
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
