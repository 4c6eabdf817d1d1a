import { NatsLink } from "../../bridge/cluster/nats/link.ts";
import { NatsLog } from "../../bridge/cluster/nats/nats_log.ts";
import {
  type Arrivals,
  compareTexts,
  countDifferences,
  countEvents,
  textsOf,
} from "./cluster_comparison.ts";
import { ClusterLoad, RECEIVER } from "./cluster_load.ts";
import { ClusterQqServer } from "./cluster_qq_server.ts";
import { switchNodes } from "./cluster_resumes.ts";
import { ClusterStage } from "./cluster_stage.ts";
import { until } from "./nats_stage.ts";
import { randomFrom } from "./random.ts";

/** What is done to a cluster, as processes. */
export const FAULTS = {
  kill: "kill -9 of a node",
  end: "SIGTERM of a node",
  nats: "kill -9 of a NATS server, every other time of the leader",
  stop: "SIGSTOP of a node until 3 s past the takeover",
  cut: "a node is cut off from NATS until 3 s past the takeover",
  outage: "kill -9 of all NATS servers for 6 s",
} as const;

export type Fault = keyof typeof FAULTS;

/** How a cluster is crashed. */
export interface ClusterCrashOptions {
  /** How often each fault happens. */
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
  /** Messages that are put into the mailboxes in a second. */
  readonly perSecond: number;
  /** Keyed commands in a second, through both nodes. */
  readonly commandsPerSecond: number;
  readonly ttlMs: number;
  readonly seed: number;
  /** @default {6} */
  readonly accounts?: number;
  /** Commands of an account that are under way at a time. @default {1} */
  readonly lanes?: number;
  /** Whether the QQ server honours Idempotency-Key. @default {true} */
  readonly honoursKeys?: boolean;
  /** Whether the QQ server sees the nodes at two addresses or one. @default {1} */
  readonly addresses?: 1 | 2;
  /** How often a consumer goes on at the other node at the end. @default {0} */
  readonly resumes?: number;
  /** No fault begins after so many milliseconds. @default no limit */
  readonly limitMs?: number;
  readonly onProgress?: (line: string) => void;
}

/** What a crashed cluster did. */
export interface ClusterCrashReport {
  /** How often each fault happened. */
  readonly faults: Record<Fault, number>;
  readonly messages: number;
  readonly messagesPerSecond: number;
  /** Events in the journal, of any kind. */
  readonly events: number;
  /** Messages in the journal, against those that were sent. */
  readonly arrivals: Arrivals;
  readonly commands: number;
  /** Those of them whose outcome no node knows; 0 unless the QQ server ignores keys. */
  readonly unknownCommands: number;
  /** What the QQ server took of the commands, against those that were done. */
  readonly executions: Arrivals;
  /** Events of the commands in the journal, against those that were done. */
  readonly outcomes: Arrivals;
  /** Rows of the replicas' tables that differ. */
  readonly differingRows: number;
  /** Time from a kill, stop or cut of a node until another drives its accounts, in milliseconds. */
  readonly takeoverMs: readonly number[];
  /** The same from a SIGTERM. */
  readonly handoverMs: readonly number[];
  /** Time from the end of the lease of a node that was cut off until another took over, in milliseconds. */
  readonly stoppedEarlierMs: readonly number[];
  /** Longest time without a written command after the kill of a NATS leader, in milliseconds. */
  readonly electionMs: readonly number[];
  /** NATS servers that did not catch up after a kill until they were started again. */
  readonly natsRestarts: number;
  /** Leases that ended although only one NATS server was killed. */
  readonly lapses: number;
  /** Resumptions at the other node, and those whose position was not the acknowledged one. */
  readonly resumes: number;
  readonly wrongResumes: number;
}

const NODES = ["a", "b"] as const;
type NodeName = (typeof NODES)[number];
const SHARDS = 256;
/** How long a node stays away once another has its accounts, in milliseconds. */
const PAST_TAKEOVER_MS = 3000;
const OUTAGE_MS = 6000;
/** Longest random pause before a fault, in milliseconds. */
const MAX_PAUSE_MS = 300;
const TIMEOUT_MS = 90_000;
/** A NATS server that has not caught up after this time is started again, in milliseconds. */
const RESTART_MS = 30_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Does faults in random order while messages come in and commands are sent through both nodes. */
export async function crashCluster(
  options: ClusterCrashOptions,
): Promise<ClusterCrashReport> {
  const { honoursKeys = true, addresses = 1, perSecond } = options;
  const accounts = Array.from(
    { length: options.accounts ?? 6 },
    (_, nth) => String(20_001 + nth),
  );
  await using qq = await ClusterQqServer.start({
    accounts: [...accounts, RECEIVER],
    honoursKeys,
    addresses,
  });
  await using stage = await ClusterStage.start({
    natsServers: 3,
    ttlMs: options.ttlMs,
    upstreamOf: (node) => qq.urlOf(node),
    hasRelays: (options.faults.cut ?? 0) > 0,
    logBytes: "2GB",
    settings: {
      // The limits of one client would be those of the whole load.
      TQQ_COMMANDS_PER_MINUTE: "100000",
      TQQ_OUTBOX_GAP_MS: "0",
      ...honoursKeys ? {} : { TQQ_POLL_MIN_MS: "50", TQQ_POLL_MAX_MS: "200" },
    },
  });
  for (const uin of accounts) {
    await stage.command("a", "addAccount", { uin, password: "demo" });
  }
  const load = new ClusterLoad({
    stage,
    qq,
    accounts,
    nodes: NODES,
    perSecond,
    commandsPerSecond: options.commandsPerSecond,
    lanes: options.lanes ?? 1,
    honoursKeys,
  });
  const startedAt = performance.now();
  const crashes = new Crashes(stage, load, options);
  load.start();
  await load.goOn();
  await crashes.run();
  await load.goOn();
  const { resumes = 0 } = options;
  const wrongResumes = await switchNodes(stage, NODES, resumes);
  const tookS = (performance.now() - startedAt) / 1000;
  await load.stop();
  await settle(stage);
  // At once: a node that ends in order would add to the journal of the other.
  await Promise.all(NODES.map((name) => stage.end(name, "SIGKILL")));
  const path = stage.journalPath("a");
  const executed = new Map(
    [...load.done].map(([lane, count]) => [`command ${lane}`, count]),
  );
  return {
    ...crashes.report,
    messages: load.messages,
    messagesPerSecond: load.messages / tookS,
    events: countEvents(path),
    arrivals: compareTexts(load.sent, textsOf(path)),
    commands: load.commands,
    unknownCommands: load.unknown,
    executions: compareTexts(executed, load.received),
    outcomes: compareTexts(executed, textsOf(path)),
    differingRows: countDifferences(path, stage.journalPath("b")),
    resumes,
    wrongResumes,
  };
}

/** Does the faults, and measures how the cluster takes them. */
class Crashes {
  readonly report = {
    faults: { kill: 0, end: 0, nats: 0, stop: 0, cut: 0, outage: 0 },
    takeoverMs: [] as number[],
    handoverMs: [] as number[],
    stoppedEarlierMs: [] as number[],
    electionMs: [] as number[],
    natsRestarts: 0,
    lapses: 0,
  };
  readonly #stage: ClusterStage;
  readonly #load: ClusterLoad;
  readonly #options: ClusterCrashOptions;
  readonly #random: () => number;
  /** When the last kill of a NATS server was over. */
  #natsAt = -Infinity;

  constructor(
    stage: ClusterStage,
    load: ClusterLoad,
    options: ClusterCrashOptions,
  ) {
    this.#stage = stage;
    this.#load = load;
    this.#options = options;
    this.#random = randomFrom(options.seed);
  }

  async run(): Promise<void> {
    const { onProgress = () => {}, limitMs = Infinity, faults } = this.#options;
    const order = (Object.keys(FAULTS) as Fault[])
      .flatMap((fault) => Array<Fault>(faults[fault] ?? 0).fill(fault))
      .map((fault) => ({ fault, at: this.#random() }))
      .sort((a, b) => a.at - b.at);
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    for (const [nth, { fault }] of order.entries()) {
      if (seconds() * 1000 > limitMs) break;
      await until(
        () => this.#isShared(),
        "both nodes drive accounts",
        TIMEOUT_MS,
      );
      await wait(this.#random() * MAX_PAUSE_MS);
      const what = await this.#do(fault);
      this.report.faults[fault]++;
      await this.#load.goOn();
      const { messages, commands } = this.#load;
      onProgress(
        `${seconds().toFixed(0)} s, ${
          nth + 1
        }/${order.length} ${fault} ${what}; ${messages} messages, ${
          (messages / seconds()).toFixed(0)
        }/s, ${commands} commands, ${this.report.lapses} lapses`,
      );
    }
    await until(
      () => this.#isShared(),
      "both nodes drive accounts",
      TIMEOUT_MS,
    );
  }

  #do(fault: Fault): Promise<string> {
    switch (fault) {
      case "kill":
      case "end":
        return this.#end(fault);
      case "stop":
      case "cut":
        return this.#pause(fault);
      case "nats":
        return this.#killNats();
      case "outage":
        return this.#killAllNats();
    }
  }

  async #end(fault: "kill" | "end"): Promise<string> {
    const { victim, heir } = this.#choose();
    const at = Date.now();
    this.#load.avoid.add(victim);
    await this.#stage.end(victim, fault === "kill" ? "SIGKILL" : "SIGTERM");
    const tookMs = await this.#takeover(heir) - at;
    const { takeoverMs, handoverMs } = this.report;
    (fault === "kill" ? takeoverMs : handoverMs).push(tookMs);
    await this.#stage.startNode(victim);
    this.#load.avoid.delete(victim);
    return `of ${victim}: owned elsewhere after ${tookMs} ms`;
  }

  async #pause(fault: "stop" | "cut"): Promise<string> {
    const { victim, heir } = this.#choose();
    const node = this.#stage.program(victim);
    const at = Date.now();
    const before = node.err.length;
    // A client would notice a node that does not answer, and use the other.
    this.#load.avoid.add(victim);
    if (fault === "stop") node.kill("SIGSTOP");
    else this.#stage.setCut(victim, true);
    const takenAt = await this.#takeover(heir);
    this.report.takeoverMs.push(takenAt - at);
    await wait(PAST_TAKEOVER_MS);
    if (fault === "stop") node.kill("SIGCONT");
    else this.#stage.setCut(victim, false);
    await until(() => this.#isShared(), "the node is back", TIMEOUT_MS);
    this.#load.avoid.delete(victim);
    if (fault === "cut") {
      const lapse = node.err.slice(before).find((line) =>
        line.includes("cluster lease ended")
      )!;
      this.report.stoppedEarlierMs.push(
        takenAt - Date.parse(JSON.parse(lapse).time),
      );
    }
    return `of ${victim}: owned elsewhere after ${takenAt - at} ms`;
  }

  async #killNats(): Promise<string> {
    // A node that could not renew its lease since the last election would lose it
    // in the next.
    const sinceMs = performance.now() - this.#natsAt;
    await wait(Math.max(0, this.#options.ttlMs / 4 - sinceMs));
    const { servers } = this.#stage;
    const link = await NatsLink.connect({ servers: servers.urls });
    const log = new NatsLog(link, "tqq");
    try {
      const leader = (await log.leader())!;
      const isLeader = this.report.faults.nats % 2 === 0;
      const others = servers.names.filter((name) => name !== leader);
      const name = isLeader
        ? leader
        : others[Math.floor(this.#random() * others.length)]!;
      const before = this.#countLapses();
      this.#load.takeLongestMs();
      await servers.kill(name);
      await this.#load.goOn();
      const stillMs = Math.round(this.#load.takeLongestMs());
      if (isLeader) this.report.electionMs.push(stillMs);
      const at = performance.now();
      // Another kill before it is back would leave no majority.
      await this.#startNats(link, name);
      this.report.lapses += this.#countLapses() - before;
      const backMs = Math.round(performance.now() - at);
      return `of ${
        isLeader ? "leader" : "follower"
      } ${name}: ${stillMs} ms without writes, back after ${backMs} ms`;
    } finally {
      this.#natsAt = performance.now();
      await log.close();
    }
  }

  /** Starts a NATS server, again if it does not catch up, and waits until it has everything. */
  async #startNats(link: NatsLink, name: string): Promise<void> {
    const { servers } = this.#stage;
    const isBack = (at: number, timeoutMs: number) =>
      until(
        () => isComplete(link, name, performance.now() - at),
        `${name} is back`,
        timeoutMs,
      );
    servers.start(name);
    try {
      return await isBack(performance.now(), RESTART_MS);
    } catch {
      this.report.natsRestarts++;
    }
    await servers.kill(name);
    servers.start(name);
    await isBack(performance.now(), TIMEOUT_MS);
  }

  async #killAllNats(): Promise<string> {
    const { servers } = this.#stage;
    await Promise.all(servers.names.map((name) => servers.kill(name)));
    await wait(OUTAGE_MS);
    const at = performance.now();
    for (const name of servers.names) servers.start(name);
    await this.#load.goOn();
    await until(
      () => this.#isShared(),
      "both nodes drive accounts",
      TIMEOUT_MS,
    );
    return `: goes on ${Math.round(performance.now() - at)} ms after the start`;
  }

  #choose(): { victim: NodeName; heir: NodeName } {
    const victim = NODES[Math.floor(this.#random() * NODES.length)]!;
    return { victim, heir: victim === "a" ? "b" : "a" };
  }

  /** Waits until a node drives all accounts. Returns since when. */
  async #takeover(heir: NodeName): Promise<number> {
    let owned = this.#owned(heir);
    await until(
      () => {
        owned = this.#owned(heir);
        return owned.count === SHARDS;
      },
      "taken over",
      TIMEOUT_MS,
    );
    return owned.at;
  }

  /** Whether each node drives its part of the accounts. */
  #isShared(): boolean {
    const counts = NODES.map((name) => this.#owned(name).count);
    return counts.every((count) => count > 0 && count < SHARDS) &&
      counts[0]! + counts[1]! === SHARDS;
  }

  /** How many shards a node drives, and since when, by its log. */
  #owned(name: NodeName): { count: number; at: number } {
    const last = this.#stage.program(name).err.findLast((line) =>
      line.includes("cluster shards changed")
    );
    if (last === undefined) return { count: 0, at: 0 };
    const { time, count } = JSON.parse(last);
    return { count, at: Date.parse(time) };
  }

  #countLapses(): number {
    return NODES.flatMap((name) => this.#stage.program(name).err)
      .filter((line) => line.includes("cluster lease ended")).length;
  }
}

/**
 * Whether a NATS server has everything that the stream's leader has.
 *
 * @param sinceMs Time since its start: what the leader knows from before does not count.
 */
async function isComplete(
  link: NatsLink,
  name: string,
  sinceMs: number,
): Promise<boolean> {
  try {
    const { cluster } = await link.api<{
      cluster: {
        leader?: string;
        /** `active` is the time since the leader has heard it, in nanoseconds. */
        replicas?: { name: string; current: boolean; active: number }[];
      };
    }>("STREAM.INFO.TQQ_tqq", {});
    return cluster.leader === name ||
      (cluster.replicas ?? []).some((one) =>
        one.name === name && one.current && one.active / 1e6 < sinceMs
      );
  } catch {
    // The servers elect a leader.
    return false;
  }
}

/** Waits until both nodes have the same head, and it stays. */
async function settle(stage: ClusterStage): Promise<void> {
  const head = async (name: string) => {
    const { code, stdout } = await stage.run(
      ["cluster", "status", "--json"],
      name,
    );
    return code === 0 ? JSON.parse(stdout).head : undefined;
  };
  let last: unknown;
  await until(
    async () => {
      const [a, b] = await Promise.all(NODES.map(head));
      const isQuiet = a !== undefined && a === b && a === last;
      last = a;
      return isQuiet;
    },
    "both nodes have everything",
    TIMEOUT_MS,
  );
}
