/** The whole path of a message through one bridge or a cluster: a QQ server here, the nodes as processes, a client for each account. @module */

import { ClusterQqServer } from "../../support/cluster_qq_server.ts";
import { ClusterStage } from "../../support/cluster_stage.ts";
import { until } from "../../support/nats_stage.ts";
import { cpuSeconds } from "../../support/process_figures.ts";
import { openReader } from "./raw_reader.ts";

const TICK_MS = 5;
const ONLINE_MS = 120_000;
/** How long the last messages are waited for, in milliseconds. */
const REST_MS = 20_000;
const TOKEN = "token-of-the-cluster-benchmark";
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a message cost. */
export interface WayCost {
  /** CPU of each node for a message, in microseconds. */
  readonly nodesUs: readonly number[];
  /** CPU of all NATS servers for a message, in microseconds. */
  readonly natsUs: number;
  readonly missing: number;
}

/** One bridge, or the nodes of a cluster with its NATS servers. */
export class ClusterWay implements AsyncDisposable {
  readonly #qq: ClusterQqServer;
  readonly #stage: ClusterStage;
  readonly #accounts: readonly string[];
  readonly #nodes: readonly string[];
  #sent = 0;
  #arrived = 0;

  private constructor(
    qq: ClusterQqServer,
    stage: ClusterStage,
    accounts: readonly string[],
    nodes: readonly string[],
  ) {
    this.#qq = qq;
    this.#stage = stage;
    this.#accounts = accounts;
    this.#nodes = nodes;
  }

  /** @param nodes Number of nodes; 0 is a bridge without a cluster. */
  static async start(nodes: number, count: number): Promise<ClusterWay> {
    const accounts = Array.from(
      { length: count },
      (_, nth) => String(20_001 + nth),
    );
    const qq = await ClusterQqServer.start({ accounts });
    const names = ["a", "b", "c"].slice(0, nodes);
    const stage = await ClusterStage.start({
      nodes: names,
      natsServers: nodes === 0 ? 1 : 3,
      ttlMs: 12_000,
      upstreamOf: (node) => qq.urlOf(node),
      logBytes: "4GB",
      settings: { TQQ_COMMANDS_PER_MINUTE: "100000" },
    });
    if (nodes === 0) {
      names.push("alone");
      stage.token = TOKEN;
      await stage.startAlone("alone", { TQQ_TOKEN: TOKEN });
    }
    const way = new ClusterWay(qq, stage, accounts, names);
    try {
      for (const uin of accounts) {
        await stage.command(names[0]!, "addAccount", { uin, password: "demo" });
      }
      await until(
        () => accounts.every((uin) => qq.server.isOnline(uin)),
        "all accounts are online",
        ONLINE_MS,
      );
      for (const [nth, uin] of accounts.entries()) {
        const { port } = new URL(stage.http(names[nth % names.length]!));
        await openReader({
          port: Number(port),
          path:
            `/ws?access_token=${stage.token}&accounts=${uin}&events=message`,
          onFrame: (text) => {
            if (text().includes('"event":"message"')) way.#arrived++;
          },
        });
      }
      return way;
    } catch (error) {
      await way[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Sends messages at a rate for some time. */
  async run(perSecond: number, seconds: number): Promise<WayCost> {
    const [sent, arrived] = [this.#sent, this.#arrived];
    const nodes = this.#nodes.map((name) => this.#stage.program(name).pid);
    const nats = this.#stage.servers.pids;
    const cpu = () => [nodes, nats].map((pids) => pids.map(cpuSeconds));
    const before = cpu();
    const startedAt = performance.now();
    for (;;) {
      const elapsedMs = performance.now() - startedAt;
      const due = Math.min(elapsedMs, seconds * 1000) * perSecond / 1000;
      while (this.#sent - sent < due) await this.#send();
      if (elapsedMs >= seconds * 1000) break;
      await wait(TICK_MS);
    }
    const count = this.#sent - sent;
    const deadline = performance.now() + REST_MS;
    while (this.#arrived - arrived < count && performance.now() < deadline) {
      await wait(20);
    }
    const [nodesUs, natsUs] = cpu().map((pids, kind) =>
      pids.map((seconds, nth) => (seconds - before[kind]![nth]!) * 1e6 / count)
    );
    return {
      nodesUs: nodesUs!,
      natsUs: natsUs!.reduce((sum, us) => sum + us, 0),
      missing: count - (this.#arrived - arrived),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stage[Symbol.asyncDispose]();
    await this.#qq[Symbol.asyncDispose]();
  }

  async #send(): Promise<void> {
    const number = this.#sent++;
    await this.#qq.server.deliver(
      this.#accounts[number % this.#accounts.length]!,
      {
        type: "message",
        from: "99999",
        text: `${number} 你好，这是一条消息`,
      },
    );
  }
}
