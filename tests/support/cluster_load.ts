import type { ClusterQqServer } from "./cluster_qq_server.ts";
import type { ClusterStage } from "./cluster_stage.ts";

/** Account that receives what the commands send. */
export const RECEIVER = "30002";

const SENDER = "30001";
const TICK_MS = 5;
/** Wait before a command that failed is repeated at the other node, in milliseconds. */
const REPEAT_MS = 50;
/** Longest wait for what the commands sent last, in milliseconds. */
const REST_MS = 20_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export interface ClusterLoadOptions {
  readonly stage: ClusterStage;
  readonly qq: ClusterQqServer;
  readonly accounts: readonly string[];
  /** Nodes through which commands are sent. */
  readonly nodes: readonly string[];
  /** Messages a second, to all accounts in turn. */
  readonly perSecond: number;
  /** Keyed commands a second, of all accounts. */
  readonly commandsPerSecond: number;
  /** Commands of an account that are under way at a time. */
  readonly lanes: number;
  /** Whether the QQ server honours Idempotency-Key. */
  readonly honoursKeys: boolean;
}

/**
 * Messages that are put into the accounts' mailboxes, and keyed commands of the
 * accounts through all nodes. Both catch up after an outage, so that the rates
 * are those of the whole run.
 */
export class ClusterLoad {
  /** Number of messages of each account, which are numbered from 0. */
  readonly sent: Map<string, number>;
  /** Number of commands that a node has done, numbered from 0, by account and lane: `20001/0`. */
  readonly done: Map<string, number>;
  /** Texts that the QQ server took from commands. */
  readonly received: string[] = [];
  /** Commands whose outcome no node knows, because the QQ server ignores keys. They count as done. */
  unknown = 0;
  /** Nodes that are down or cut off. */
  readonly avoid = new Set<string>();
  readonly #options: ClusterLoadOptions;
  readonly #running: Promise<void>[] = [];
  #startedAt = 0;
  #lastAt = 0;
  #longestMs = 0;
  #isEnding = false;

  constructor(options: ClusterLoadOptions) {
    this.#options = options;
    this.sent = new Map(options.accounts.map((uin) => [uin, 0]));
    this.done = new Map(
      options.accounts.flatMap((uin) =>
        Array.from({ length: options.lanes }, (_, nth) => [`${uin}/${nth}`, 0])
      ),
    );
  }

  start(): void {
    const { qq } = this.#options;
    qq.server.addRobot(RECEIVER, (_from, text) => {
      this.received.push(text);
      return undefined;
    });
    this.#startedAt = this.#lastAt = performance.now();
    this.#running.push(this.#deliver());
    for (const lane of this.done.keys()) {
      this.#running.push(this.#command(lane));
    }
  }

  /** Number of messages so far. */
  get messages(): number {
    return sum(this.sent);
  }

  /** Number of commands that were done so far. */
  get commands(): number {
    return sum(this.done);
  }

  /** Longest time in which no command was done since the last call, in milliseconds. */
  takeLongestMs(): number {
    const longestMs = this.#longestMs;
    this.#longestMs = 0;
    return longestMs;
  }

  /** Waits until every lane has done another command. */
  async goOn(timeoutMs = 90_000): Promise<void> {
    const before = new Map(this.done);
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const stuck = [...this.done].filter(([lane, count]) =>
        count <= before.get(lane)!
      );
      if (stuck.length === 0) return;
      if (performance.now() > deadline) {
        throw new Error(
          `Accounts ${
            stuck.map(([lane]) => lane)
          } did no command within ${timeoutMs} ms`,
        );
      }
      await wait(10);
    }
  }

  /** Ends the load, and waits for what is on its way to the QQ server. */
  async stop(): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#running);
    const deadline = performance.now() + REST_MS;
    while (
      performance.now() < deadline &&
      new Set(this.received).size < this.commands - this.unknown
    ) await wait(100);
  }

  /** In one tick what is due, because timers are late on a busy machine. */
  async #deliver(): Promise<void> {
    const { accounts, perSecond, qq } = this.#options;
    for (let count = 0; !this.#isEnding;) {
      const due = this.#due(perSecond);
      for (; count < due; count++) {
        const uin = accounts[count % accounts.length]!;
        const number = this.sent.get(uin)!;
        this.sent.set(uin, number + 1);
        await qq.server.deliver(uin, {
          type: "message",
          from: SENDER,
          text: `${uin} ${number}`,
        });
      }
      await wait(TICK_MS);
    }
  }

  /** Sends commands of a lane one after the other, each again at another node until one did it. */
  async #command(lane: string): Promise<void> {
    const { nodes, commandsPerSecond, stage, honoursKeys } = this.#options;
    const [account] = lane.split("/");
    const perSecond = commandsPerSecond / this.done.size;
    for (let number = 0; !this.#isEnding;) {
      if (number >= this.#due(perSecond)) {
        await wait(TICK_MS);
        continue;
      }
      const text = `command ${lane} ${number}`;
      for (let nth = number;; nth++) {
        const name = nodes[nth % nodes.length]!;
        // With every node down there is nobody to ask.
        if (this.avoid.has(name) && this.avoid.size < nodes.length) continue;
        try {
          await stage.command(name, "send", {
            account,
            to: RECEIVER,
            text,
            key: text.replaceAll(/[ /]/g, "-"),
          });
          break;
        } catch (error) {
          // With keys, the next owner has the server repeat it.
          if (!honoursKeys && /outcome_unknown/.test(String(error))) {
            this.unknown++;
            break;
          }
          await wait(REPEAT_MS);
        }
      }
      this.done.set(lane, ++number);
      const now = performance.now();
      this.#longestMs = Math.max(this.#longestMs, now - this.#lastAt);
      this.#lastAt = now;
    }
  }

  #due(perSecond: number): number {
    return Math.floor((performance.now() - this.#startedAt) * perSecond / 1000);
  }
}

function sum(counts: ReadonlyMap<string, number>): number {
  let all = 0;
  for (const count of counts.values()) all += count;
  return all;
}
