import { assert } from "@std/assert";
import { crashCluster } from "../../support/cluster_crashes.ts";
import { natsTest } from "../../support/nats_servers.ts";
import { isWhole } from "../../soak/cluster.ts";

natsTest(
  "tqq serve --cluster: nothing is lost, doubled or different when nodes are killed, paused and cut off, and NATS servers are killed",
  async () => {
    const report = await crashCluster({
      faults: { kill: 1, stop: 1, cut: 1, end: 1, nats: 1 },
      perSecond: 50,
      commandsPerSecond: 20,
      resumes: 20,
      ttlMs: 3000,
      seed: 1,
    });
    // How long it took depends on what else this machine does: the soak looks at that.
    assert(isWhole(report), JSON.stringify(report));
    assert(report.stoppedEarlierMs[0]! > 0, JSON.stringify(report));
  },
);
