import { assert } from "@std/assert";
import { crashCluster } from "../../support/cluster_crashes.ts";
import { natsTest } from "../../support/nats_servers.ts";
import { isWhole } from "../../soak/cluster.ts";

natsTest(
  "tqq serve --cluster: nothing is lost, doubled or different when nodes and NATS servers are killed",
  async () => {
    const report = await crashCluster({
      nodeKills: 2,
      natsKills: 1,
      nodeEnds: 1,
      perSecond: 50,
      ttlMs: 3000,
      seed: 1,
    });
    // How long it took depends on what else this machine does: the soak looks at that.
    assert(isWhole(report), JSON.stringify(report));
  },
);
