/** A log on three real servers of NATS, and replicas in this process. @module */

import { program } from "../../../bridge/cluster/nats/program.ts";
import type { OpenedNode } from "../../../bridge/cluster/cluster_program.ts";
import type { ClusterJournal } from "../../../bridge/cluster/cluster_journal.ts";
import type { NewEvent } from "../../../bridge/journal/event.ts";
import { systemClock } from "../../../lib/clock.ts";
import { NatsServers } from "../../support/nats_servers.ts";

const SECRET_KEY = "the-secret-key-of-the-benchmark";
const NAME = "bench";
const ACCOUNTS = 1000;
const TICK_MS = 2;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Latencies of a run, in milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
}

export class ClusterLogBench implements AsyncDisposable {
  readonly servers: NatsServers;
  readonly #folder: string;
  readonly #opened: OpenedNode[] = [];
  #events = 0;

  private constructor(servers: NatsServers, folder: string) {
    this.servers = servers;
    this.#folder = folder;
  }

  /** Starts the servers, and founds a cluster. */
  static async start(): Promise<ClusterLogBench> {
    const servers = await NatsServers.start({ count: 3 });
    const folder = await Deno.makeTempDir({ prefix: "tqq-bench-" });
    const bench = new ClusterLogBench(servers, folder);
    await program.found(bench.#address, {
      epoch: "bench",
      head: 0,
      ttlMs: 12_000,
      replicas: 3,
      secretKey: SECRET_KEY,
      maxBytes: 4_000_000_000,
    });
    return bench;
  }

  /** Opens a replica in a new file; resolves once it has everything. */
  async open(): Promise<ClusterJournal> {
    const opened = await program.openNode(this.#address, {
      secretKey: SECRET_KEY,
      path: `${this.#folder}/${this.#opened.length}.db`,
      folder: `folder ${this.#opened.length}`,
      isEdge: false,
      clock: systemClock,
      monotonic: () => performance.now(),
    });
    this.#opened.push(opened);
    return opened.node.journal;
  }

  /** Appends events, each as a batch of its own, at a rate. */
  async append(
    journal: ClusterJournal,
    perSecond: number,
    seconds: number,
  ): Promise<Latencies> {
    const latencies: number[] = [];
    const pending: Promise<unknown>[] = [];
    await this.#pace(perSecond, seconds, () => {
      const sentAt = performance.now();
      pending.push(
        journal.append({ events: [this.#next()] }).then(() =>
          latencies.push(performance.now() - sentAt)
        ),
      );
    });
    await Promise.all(pending);
    return latenciesOf(latencies);
  }

  /** Waits for barriers while events are appended. */
  async settle(
    journal: ClusterJournal,
    perSecond: number,
    seconds: number,
  ): Promise<Latencies> {
    const latencies: number[] = [];
    const appending = this.append(journal, perSecond, seconds);
    let isOver = false;
    appending.finally(() => isOver = true).catch(() => {});
    while (!isOver) {
      const sentAt = performance.now();
      await journal.settle();
      latencies.push(performance.now() - sentAt);
      await wait(5);
    }
    await appending;
    return latenciesOf(latencies);
  }

  /** Appends many events as fast as the log takes them, in batches of 100. */
  async fill(journal: ClusterJournal, events: number): Promise<void> {
    const writers = Array.from({ length: 8 }, async (_, nth) => {
      for (let count = nth * 100; count < events; count += 800) {
        await journal.append({
          events: Array.from({ length: 100 }, () => this.#next()),
        });
      }
    });
    await Promise.all(writers);
  }

  /** Events a second with which a new replica catches up. */
  async catchUp(): Promise<number> {
    const startedAt = performance.now();
    const journal = await this.open();
    return journal.head * 1000 / (performance.now() - startedAt);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { close } of this.#opened) await close();
    await this.servers[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }

  get #address() {
    return { servers: this.servers.urls, name: NAME };
  }

  #next(): NewEvent {
    const number = this.#events++;
    return {
      account: String(20_001 + number % ACCOUNTS),
      at: Date.now(),
      event: "message",
      data: {
        from: "99999",
        text: `${number} 你好，这是一条消息，${"x".repeat(40)}`,
      },
    };
  }

  async #pace(perSecond: number, seconds: number, act: () => void) {
    const startedAt = performance.now();
    for (let count = 0;;) {
      const elapsedMs = performance.now() - startedAt;
      const due = Math.min(elapsedMs, seconds * 1000) * perSecond / 1000;
      for (; count < due; count++) act();
      if (elapsedMs >= seconds * 1000) return;
      await wait(TICK_MS);
    }
  }
}

function latenciesOf(values: readonly number[]): Latencies {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
  return { p50: at(0.5), p99: at(0.99) };
}
