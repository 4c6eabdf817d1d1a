import { delay } from "@std/async";
import { assert } from "@std/assert";
import { NatsLink } from "../../bridge/cluster/nats/link.ts";
import { NatsLog } from "../../bridge/cluster/nats/nats_log.ts";
import { Relay } from "./relay.ts";
import type { NatsServers } from "./nats_servers.ts";

let streams = 0;

/** A stream of its own at running servers, and relays that can cut its nodes off. */
export class NatsStage {
  readonly name: string = `test${++streams}`;
  readonly logs: NatsLog[] = [];
  readonly #servers: NatsServers;
  readonly #relays: Relay[];

  private constructor(servers: NatsServers) {
    this.#servers = servers;
    this.#relays = servers.names.map((name) => new Relay(servers.portOf(name)));
  }

  /** Creates a stream that is kept by all servers. */
  static async open(
    servers: NatsServers,
    maxBytes = 100_000_000,
  ): Promise<NatsStage> {
    const stage = new NatsStage(servers);
    const log = await stage.connect();
    await log.create({ replicas: servers.names.length, maxBytes });
    return stage;
  }

  /** Connects a node, through the relays. */
  async connect(): Promise<NatsLog> {
    const log = new NatsLog(await this.link(), this.name);
    this.logs.push(log);
    return log;
  }

  /** Connects without a log, through the relays. */
  link(): Promise<NatsLink> {
    return NatsLink.connect({
      servers: this.#relays.map(({ port }) => `nats://127.0.0.1:${port}`),
    });
  }

  /** Connects past the relays. */
  async connectDirectly(): Promise<NatsLog> {
    const link = await NatsLink.connect({ servers: this.#servers.urls });
    const log = new NatsLog(link, this.name);
    this.logs.push(log);
    return log;
  }

  /** Cuts off all nodes that are connected through the relays, or connects them again. */
  setCut(isCut: boolean): void {
    for (const relay of this.#relays) {
      if (isCut) relay.hold();
      else relay.release();
    }
  }

  async close(): Promise<void> {
    for (const log of this.logs) await log.close();
    for (const relay of this.#relays) relay[Symbol.dispose]();
  }
}

/** Waits until a condition holds, by default at most 30 s. */
export async function until(
  isDone: () => boolean | Promise<boolean>,
  what = "the condition",
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!await isDone()) {
    assert(performance.now() < deadline, `${what}: not within ${timeoutMs} ms`);
    await delay(5);
  }
}

/** Appends a record, again and again until it is acknowledged, under one message id. */
export async function appendUntilStored(
  log: NatsLog,
  record: Uint8Array,
  id: string,
): Promise<number> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    try {
      return await log.append(record, id);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(100);
    }
  }
}
