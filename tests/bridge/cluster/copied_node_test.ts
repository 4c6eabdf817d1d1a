import { assertEquals } from "@std/assert";
import { NatsLink } from "../../../bridge/cluster/nats/link.ts";
import { NatsLog } from "../../../bridge/cluster/nats/nats_log.ts";
import type { EventFrame } from "../../../mod.ts";
import { ClusterStage } from "../../support/cluster_stage.ts";
import { natsTest } from "../../support/nats_servers.ts";
import { until } from "../../support/nats_stage.ts";

/** What a node logs. */
const COPIED = "cluster replica is being copied";

natsTest(
  "tqq serve --cluster: a new node copies a replica when the log no longer holds all, and waits while no node has one",
  async () => {
    await using stage = await ClusterStage.start({ nodes: ["a"] });
    for (const uin of ["10001", "10002"]) await stage.addAccount("a", uin);
    await until(() => stage.ownerOf("10002") !== undefined, "online");
    await until(() => stage.ownerOf("10001") !== undefined, "online");
    for (let nth = 0; nth < 20; nth++) {
      const params = { account: "10001", to: "10002", text: `message ${nth}` };
      await stage.command("a", "send", params);
    }
    const texts = async (name: string) => {
      const { events } = await stage.command<{ events: EventFrame[] }>(
        name,
        "history",
        { account: "10002", limit: 100 },
      );
      return events.flatMap((event) =>
        event.event === "message" ? [event.data.text] : []
      );
    };
    await until(async () => (await texts("a")).length === 20, "messages");
    const link = await NatsLink.connect({ servers: stage.servers.urls });
    const log = new NatsLog(link, "tqq");
    await log.purge((await log.info()).last);
    await log.close();
    const copied = await stage.startNode("b", ["--log-level=info"]);
    await copied.line((line) => line.includes(COPIED), "err");
    assertEquals(await texts("b"), await texts("a"));

    for (const name of ["a", "b"]) await stage.end(name, "SIGKILL");
    const starting = stage.startNode("c").then(() => "ready", () => "ended");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    // Its folder is empty, and nobody is there to ask: it comes up with the others.
    await stage.startNode("a");
    assertEquals(await starting, "ready");
    assertEquals(await texts("c"), await texts("a"));
  },
);
