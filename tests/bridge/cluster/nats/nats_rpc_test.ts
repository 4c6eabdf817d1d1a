import { assertEquals, assertRejects } from "@std/assert";
import { NatsServers, natsTest } from "../../../support/nats_servers.ts";
import { NatsLink } from "../../../../bridge/cluster/nats/link.ts";
import { NatsRpc } from "../../../../bridge/cluster/nats/nats_rpc.ts";
import {
  NoResponderError,
  RpcTimeoutError,
} from "../../../../bridge/cluster/rpc.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array) => new TextDecoder().decode(value);

natsTest(
  "NatsRpc: answers calls at the node that they name, until it stops",
  async () => {
    await using servers = await NatsServers.start({ count: 2 });
    const links = await Promise.all(
      servers.urls.map((url) => NatsLink.connect({ servers: [url] })),
    );
    const [a, b] = links.map((link) => new NatsRpc(link, "test"));
    const stop = b!.serve("b", (request) => {
      const asked = text(request);
      if (asked === "never") return new Promise<Uint8Array>(() => {});
      return asked === "fail"
        ? Promise.reject(new Error("no"))
        : Promise.resolve(bytes(`${asked}!`));
    });
    // Until the other server knows of the subject, nobody listens there.
    let first: Uint8Array | undefined;
    while (first === undefined) {
      first = await a!.call("b", bytes("hi"), 1000).catch(() => undefined);
    }
    assertEquals(text(first), "hi!");
    const large = await a!.call("b", new Uint8Array(500_000).fill(65), 5000);
    assertEquals(large.length, 500_001);
    await assertRejects(
      () => a!.call("c", bytes("hi"), 1000),
      NoResponderError,
    );
    for (const asked of ["never", "fail"]) {
      await assertRejects(
        () => a!.call("b", bytes(asked), 200),
        RpcTimeoutError,
      );
    }
    stop();
    for (;;) {
      const error = await a!.call("b", bytes("hi"), 200).catch((error) =>
        error
      );
      if (error instanceof NoResponderError) break;
    }
    for (const link of links) await link.close();
  },
);
