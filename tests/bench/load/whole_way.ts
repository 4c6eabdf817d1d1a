/** Load for the whole path of a message: accounts at a QQ server, `serve` in a process of its own, a client for each account. @module */

import { Fleet, FLEET_TOKEN } from "../../support/fleet.ts";
import { cpuSeconds } from "../../support/process_figures.ts";
import { randomFrom } from "../../support/random.ts";
import { openReader } from "./raw_reader.ts";

const TICK_MS = 5;

/** How long the accounts are waited for to be online, in milliseconds. */
const ONLINE_MS = 60_000;

/** Clients that are opened at a time. */
const AT_ONCE = 50;

/** Figures of a rate. */
export interface RunFigures {
  /** Messages a second that were requested. */
  rate: number;
  sent: number;
  /** Messages that did not arrive. */
  missing: number;
  /** Median latency from the mailbox to the client. */
  p50Ms: number;
  /** 99th percentile of the latency. */
  p99Ms: number;
  maxMs: number;
  /** Messages a second that arrived, until the last one did. */
  perSecond: number;
  /** Cores that `serve` used until then. */
  cores: number;
}

export function sleepMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export class WholeWay implements AsyncDisposable {
  /** The accounts and `serve`. */
  readonly fleet: Fleet;
  readonly #sentAt = new Map<string, number>();
  readonly #latenciesMs: number[] = [];
  readonly #random = randomFrom(2005);
  #next = 0;

  private constructor(fleet: Fleet) {
    this.fleet = fleet;
  }

  /** Makes the accounts; nothing runs yet. */
  static async make(accounts: number): Promise<WholeWay> {
    return new WholeWay(await Fleet.make(accounts));
  }

  /** Starts `serve`, and waits until all accounts are online. */
  async start(): Promise<void> {
    await this.fleet.start();
    await this.fleet.allOnline(ONLINE_MS);
  }

  /** Opens a client for each account. */
  async subscribe(): Promise<void> {
    const { uins } = this.fleet;
    for (let from = 0; from < uins.length; from += AT_ONCE) {
      await Promise.all(
        uins.slice(from, from + AT_ONCE).map((uin) => this.#open(uin)),
      );
    }
  }

  /** Opens clients that receive nothing. */
  async idle(count: number): Promise<void> {
    const [account] = this.fleet.uins;
    const path =
      `/ws?access_token=${FLEET_TOKEN}&accounts=${account}&events=unknown`;
    for (let from = 0; from < count; from += AT_ONCE) {
      await Promise.all(
        Array.from(
          { length: Math.min(AT_ONCE, count - from) },
          () => openReader({ port: this.fleet.port, path, onFrame: () => {} }),
        ),
      );
    }
  }

  /** Sends messages at a rate for some time. */
  async run(rate: number, seconds: number): Promise<RunFigures> {
    this.#latenciesMs.length = 0;
    const { pid } = this.fleet;
    const cpuBefore = cpuSeconds(pid);
    const startAt = performance.now();
    let sent = 0;
    for (;;) {
      const elapsedMs = performance.now() - startAt;
      if (elapsedMs >= seconds * 1000) break;
      const due = Math.floor(elapsedMs * rate / 1000);
      for (; sent < due; sent++) this.#send();
      await sleepMs(TICK_MS);
    }
    for (let tries = 0; this.#sentAt.size > 0 && tries < 500; tries++) {
      await sleepMs(20);
    }
    const tookS = (performance.now() - startAt) / 1000;
    const cores = (cpuSeconds(pid) - cpuBefore) / tookS;
    const missing = this.#sentAt.size;
    this.#sentAt.clear();
    const sorted = this.#latenciesMs.toSorted((a, b) => a - b);
    return {
      rate,
      sent,
      missing,
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      maxMs: sorted.at(-1) ?? NaN,
      perSecond: (sent - missing) / tookS,
      cores,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]();
  }

  async #open(uin: string): Promise<void> {
    await openReader({
      port: this.fleet.port,
      path: `/ws?access_token=${FLEET_TOKEN}&accounts=${uin}&events=message`,
      onFrame: (text) => {
        const at = performance.now();
        const id = /"text":"(\d+) /.exec(text())?.[1];
        if (id === undefined) return;
        const sentAt = this.#sentAt.get(id);
        if (sentAt === undefined) throw new Error(`Message ${id} came twice`);
        this.#sentAt.delete(id);
        this.#latenciesMs.push(at - sentAt);
      },
    });
  }

  #send(): void {
    const id = String(this.#next++);
    const { uins, server } = this.fleet;
    const uin = uins[Math.floor(this.#random() * uins.length)]!;
    this.#sentAt.set(id, performance.now());
    server.deliver(uin, {
      type: "message",
      from: "99999",
      text: `${id} 你好，这是一条消息`,
    }).catch((error) => {
      throw error;
    });
  }
}

function percentile(sorted: readonly number[], part: number): number {
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * part));
  return sorted[at] ?? NaN;
}
