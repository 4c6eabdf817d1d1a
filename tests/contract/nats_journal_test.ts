import { newEpoch, systemRandom } from "../../bridge/journal/draft.ts";
import { openOwner } from "../support/cluster_nodes.ts";
import { NatsServers, natsTest, natsVersion } from "../support/nats_servers.ts";
import { NatsStage } from "../support/nats_stage.ts";
import { journalCases } from "./journal_cases.ts";

let servers: NatsServers;

Deno.test.beforeAll(async () => {
  if (natsVersion !== undefined) {
    servers = await NatsServers.start({ count: 1 });
  }
});
Deno.test.afterAll(async () => {
  await servers?.[Symbol.asyncDispose]();
});

for (const { title, run } of journalCases()) {
  natsTest(`ClusterJournal over NATS: ${title}`, async () => {
    const stages: NatsStage[] = [];
    try {
      await run(async (options) => {
        const stage = await NatsStage.open(servers, 10_000_000);
        stages.push(stage);
        const epoch = newEpoch(systemRandom);
        return await openOwner(stage.logs[0]!, { epoch, ...options });
      });
    } finally {
      for (const stage of stages) await stage.close();
    }
  });
}
