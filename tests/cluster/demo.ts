/**
 * `deno task cluster:demo`: three NATS servers, a QQ server, two nodes and a
 * client, on this machine. Kills one node after the other; the client goes on at
 * the node that is left, from its position, and misses nothing.
 *
 * @module
 */

import { type BridgeClient, type Position, QqClient } from "../../mod.ts";
import { ClusterStage } from "../support/cluster_stage.ts";
import { natsVersion } from "../support/nats_servers.ts";
import { until } from "../support/nats_stage.ts";

/** Number of kills, or the first argument. */
const KILLS = 4;
const SEND_EVERY_MS = 250;
const KILL_EVERY_MS = 5000;
const TTL_MS = 3000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs it; returns whether every message arrived once, in order. */
async function demo(kills: number): Promise<boolean> {
  console.log(
    `Starting three NATS servers ${natsVersion}, a QQ server, nodes a and b ...`,
  );
  await using stage = await ClusterStage.start({
    natsServers: 3,
    ttlMs: TTL_MS,
  });
  await stage.addAccount("a", "10001");
  await until(() => stage.ownerOf("10001") !== undefined);
  const friend = new QqClient({
    uin: "10002",
    password: "demo",
    endpoint: stage.upstream,
  });
  await friend.login();
  console.log(
    `A friend sends account 10001 a message every ${SEND_EVERY_MS} ms, and a client prints what arrives.
Every ${
      KILL_EVERY_MS / 1000
    } s, the node that the client uses is killed, and the client goes on at the other one.
If the killed node drove the account, nothing arrives until the other has waited for the
TTL (${
      TTL_MS / 1000
    } s here, 14 s by default). Then everything arrives, in order.`,
  );
  const reader = new Reader(stage);
  reader.start("a");
  await until(() => reader.isOpen, "the client is connected");
  const ending = new AbortController();
  let sent = 0;
  const sending = (async () => {
    while (!ending.signal.aborted) {
      await friend.send("10001", `message ${sent + 1}`);
      sent++;
      await wait(SEND_EVERY_MS);
    }
  })();
  for (let nth = 0; nth < kills; nth++) {
    await wait(KILL_EVERY_MS);
    // The node that the client uses, so that it must go on at the other.
    const victim = reader.node;
    const other = victim === "a" ? "b" : "a";
    const isDriver = stage.ownerOf("10001") === victim;
    console.log(
      `--- kill -9 of node ${victim}, which the client uses${
        isDriver ? " and which drives the account" : ""
      }; it goes on at node ${other}`,
    );
    const killedAt = performance.now();
    await stage.end(victim, "SIGKILL");
    await reader.stop();
    reader.start(other);
    await until(
      () => stage.ownerOf("10001") === other,
      "the account is driven by the other node",
    );
    if (isDriver) {
      const seconds = ((performance.now() - killedAt) / 1000).toFixed(1);
      console.log(
        `--- node ${other} drives the account, ${seconds} s after the kill`,
      );
    }
    await stage.startNode(victim);
    console.log(`--- node ${victim} is back`);
  }
  await wait(2000);
  ending.abort();
  await sending;
  await until(() => reader.texts.length >= sent, "the last messages").catch(
    () => {},
  );
  await reader.stop();
  await friend.close();
  const isWhole = reader.texts.length === sent &&
    reader.texts.every((text, index) => text === `message ${index + 1}`);
  console.log(
    `${sent} messages were sent, ${reader.texts.length} arrived: ${
      isWhole ? "each once, in order" : "NOT as they were sent"
    }. A node was killed ${kills} times.
To set up a cluster of your own, go on with "Set it up" in bridge/cluster/README.md.`,
  );
  return isWhole;
}

/** A client of one node at a time, which keeps its position. */
class Reader {
  readonly texts: string[] = [];
  node = "";
  readonly #stage: ClusterStage;
  #client: BridgeClient | undefined;
  #position: Position | undefined;
  #done: Promise<void> | undefined;

  constructor(stage: ClusterStage) {
    this.#stage = stage;
  }

  get isOpen(): boolean {
    return this.#client?.status.state === "open";
  }

  start(node: string): void {
    this.node = node;
    const client = this.#client = this.#stage.client(
      node,
      this.#position === undefined ? {} : { after: this.#position },
    );
    this.#done = this.#read(client, node);
  }

  async stop(): Promise<void> {
    await this.#client?.close();
    await this.#done;
  }

  async #read(client: BridgeClient, node: string): Promise<void> {
    for await (const frame of client) {
      if (frame.type === "gap") {
        console.log("gap", frame);
        continue;
      }
      const { position } = client;
      if (position !== undefined) this.#position = position;
      if (frame.event !== "message") continue;
      this.texts.push(frame.data.text);
      console.log(
        `${
          new Date().toISOString().slice(11, 23)
        } at node ${node}: ${frame.data.text}`,
      );
    }
  }
}

if (natsVersion === undefined) {
  console.error(
    "Cannot show the cluster: nats-server must be installed. Install Debian's package nats-server.",
  );
  Deno.exit(1);
}
Deno.exit(await demo(Number(Deno.args[0] ?? KILLS)) ? 0 : 1);
