import { assert, assertEquals, assertRejects } from "@std/assert";
import { nkeys } from "../../../../bridge/cluster/nats/deps.ts";
import { NatsLink } from "../../../../bridge/cluster/nats/link.ts";
import { NatsLog } from "../../../../bridge/cluster/nats/nats_log.ts";
import { NatsRpc } from "../../../../bridge/cluster/nats/nats_rpc.ts";
import { collect } from "../../../contract/replicated_log_suite.ts";
import { NatsServers, natsTest } from "../../../support/nats_servers.ts";
import { until } from "../../../support/nats_stage.ts";

const conf = await Deno.readTextFile(
  new URL("../../../../bridge/cluster/nats.conf", import.meta.url),
);

natsTest(
  "nats.conf: its permissions suffice for a node, and refuse others",
  async () => {
    const user = nkeys.createUser();
    const accounts = conf.slice(conf.indexOf("accounts {"))
      .replace(
        "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4",
        user.getPublicKey(),
      );
    await using servers = await NatsServers.start({
      count: 1,
      settings: accounts,
    });
    const credentials = user.getSeed();
    let link: NatsLink | undefined;
    await until(async () => {
      link = await NatsLink.connect({ servers: servers.urls, credentials })
        .catch(() => undefined);
      return link !== undefined;
    }, "the server");
    await assertRejects(() => NatsLink.connect({ servers: servers.urls }));
    const log = new NatsLog(link!, "tqq");
    await until(
      () =>
        log.create({ replicas: 1, maxBytes: 200_000_000 }).then(
          () => true,
          () => false,
        ),
      "the stream",
    );
    assert(await log.found(new Uint8Array([1])));
    // More than the server sends without an answer to its flow control.
    const count = 120;
    for (let number = 1; number <= count; number++) {
      await log.append(new Uint8Array(200_000), `a.${number}`);
    }
    const follower = await collect(log);
    await until(() => follower.records.length === count + 1, "all records");
    const rpc = new NatsRpc(link!, "tqq");
    const stop = rpc.serve("b", (request) => Promise.resolve(request));
    assertEquals(
      await rpc.call("b", new Uint8Array([7]), 1000),
      new Uint8Array([7]),
    );
    stop();
    await log.purge(follower.records[5]!.index);
    assertEquals(await log.first(), follower.records[6]!.index);
    await assertRejects(() =>
      new NatsLog(link!, "other").append(new Uint8Array([1]), "x")
    );
    await log.close();
  },
);
