import { MemoryLog, MemoryStream } from "../../../bridge/cluster/memory_log.ts";
import { ReplicatedTargets } from "../../../bridge/cluster/replicated_targets.ts";
import { SecretCipher } from "../../../bridge/storage/cipher.ts";
import { TargetService } from "../../../bridge/targets/target_service.ts";
import { assertEquals } from "@std/assert";
import { openNode, turnClock } from "../../support/cluster_nodes.ts";
import { grantOf } from "../../support/fake_bridge.ts";

Deno.test("a target that is set on one node is served by all, and its secrets are nowhere in the log", async () => {
  const stream = new MemoryStream({ clock: turnClock });
  const nodes = await Promise.all([0, 1].map(async () => {
    const log = new MemoryLog(stream);
    const journal = await openNode(log);
    const cipher = new SecretCipher("the key", new Uint8Array(16));
    const store = new ReplicatedTargets(journal, cipher);
    const service = new TargetService({ store, journal });
    let refreshes = 0;
    service.serve("hook", {
      refresh: () => refreshes++,
      retry: () => {},
      ended: () => Promise.resolve(),
    });
    return { log, journal, service, refreshes: () => refreshes };
  }));
  const [a, b] = nodes as [typeof nodes[0], typeof nodes[0]];
  const { id, stored } = a.service.set(grantOf(), {
    kind: "hook",
    url: "http://127.0.0.1:9/?token=s3cret",
    secret: "s3cret",
  });
  await stored;
  await b.journal.settle();
  const [target] = b.service.all();
  assertEquals([target?.id, target?.secret, b.refreshes()], [id, "s3cret", 1]);
  const text = stream.records.map(({ bytes }) =>
    new TextDecoder().decode(bytes)
  ).join();
  assertEquals([text.includes(id), text.includes("s3cret")], [true, false]);

  b.service.disable(id);
  await b.journal.settle();
  await a.journal.settle();
  assertEquals(a.service.all()[0]?.isEnabled, false);
  await b.service.remove(grantOf(), { id });
  await a.journal.settle();
  assertEquals([a.service.all(), a.refreshes() > 1], [[], true]);
  for (const { journal, log } of nodes) {
    await journal.close();
    await log.close();
  }
});
