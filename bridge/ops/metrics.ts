/** Metrics in the text format of Prometheus. No label contains an account or a token. @module */

import {
  ACCOUNT_STATES,
  type BridgeCommandName,
  type ErrorCode,
  type EventName,
  type GapFrame,
  TARGET_KINDS,
} from "../../mod.ts";
import type { TargetService } from "../targets/target_service.ts";
import type { MetricValue } from "./figures.ts";
import { toMetricValues } from "./metric_values.ts";
import type { Journal } from "../journal/journal.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import { countLag } from "../hub/lag.ts";
import { Counter, Gauge, Histogram, Registry } from "../deps_metrics.ts";
import {
  type AuthFailure,
  type MetricsSource,
  REFUSAL_REASONS,
  type RefusalReason,
  type WatchedBridge,
} from "./metrics_recorder.ts";

/** Upper bounds of the append times, in seconds. */
const APPEND_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5];

/** What is measured of a node of a cluster: name and help of each metric. */
const CLUSTER_GAUGES = {
  members: ["cluster_members", "Nodes of the cluster; 0 without one."],
  shards: [
    "cluster_shards_owned",
    "Shards whose accounts this node drives, of 256.",
  ],
  applied: [
    "cluster_applied_index",
    "Position in the cluster's log up to which this node has applied it.",
  ],
  lag: [
    "cluster_lag_records",
    "Records of the cluster's log that this node has not applied yet.",
  ],
  lost: [
    "cluster_log_lost",
    "1 if the cluster's log lost records that this node has, else 0.",
  ],
} as const;

/** What is counted of it. */
const CLUSTER_COUNTERS = {
  lapses: [
    "cluster_lapses_total",
    "Leases of this node that ended because the log did not answer in time.",
  ],
  renewals: [
    "cluster_renewals_total",
    "Times that this node began anew to follow the cluster's log.",
  ],
  takeovers: [
    "cluster_takeovers_total",
    "Nodes that died and whose accounts this node took over, in part.",
  ],
} as const;

/** Figures of a node of a cluster. */
export type ClusterFigures = Readonly<
  Record<keyof typeof CLUSTER_GAUGES, number>
>;

/** Counts what the bridge does. It works before there is a bridge. */
export class Metrics implements MetricsSource {
  readonly #registry = new Registry();
  readonly #events = this.#counter(
    "events_total",
    "Events written to the journal.",
    [
      "event",
    ],
  );
  readonly #commands = this.#counter("commands_total", "Commands by outcome.", [
    "command",
    "code",
  ]);
  readonly #polls = this.#counter("polls_total", "Polls by outcome.", [
    "outcome",
  ]);
  readonly #mail = this.#counter("mail_items_total", "Mail items polled.");
  readonly #appends = new Histogram({
    name: "tqq_journal_append_seconds",
    help: "Time to write a batch to the journal.",
    buckets: APPEND_BUCKETS,
    registers: [this.#registry],
  });
  readonly #appendFailures = this.#counter(
    "journal_append_failures_total",
    "Batches that could not be written.",
  );
  readonly #outbox = this.#gauge(
    "outbox_commands",
    "Commands that wait to be sent to the QQ server.",
  );
  readonly #connections = this.#gauge("connections", "Clients connected.", [
    "kind",
  ]);
  readonly #frames = this.#counter("sent_frames_total", "Frames sent.");
  readonly #bytes = this.#counter("sent_bytes_total", "Bytes of frames sent.");
  /** Frames and bytes that are not in these counters yet. */
  #sentFrames = 0;
  #sentBytes = 0;
  readonly #gaps = this.#counter("gaps_total", "Gaps reported to readers.", [
    "reason",
  ]);
  readonly #slow = this.#counter(
    "slow_closes_total",
    "Connections ended because their reader was too slow.",
  );
  readonly #closes = this.#counter(
    "closes_total",
    "WebSockets closed by the bridge.",
    [
      "code",
    ],
  );
  readonly #authFailures = this.#counter(
    "auth_failures_total",
    "Requests with a missing or wrong token, and logins at the embedded server with a wrong password.",
    ["kind"],
  );
  readonly #refusals = this.#counter(
    "refusals_total",
    "Requests refused for their Host or Origin, or by a limit of connections or commands.",
    ["reason"],
  );
  readonly #unhandledErrors = this.#counter(
    "unhandled_errors_total",
    "Errors that nothing caught; the program goes on.",
  );
  readonly #accounts = this.#gauge("accounts", "Accounts by state.", ["state"]);
  readonly #targets = this.#gauge(
    "targets",
    "Accounts at the targets of a kind, by state; a disabled target counts once.",
    ["kind", "state"],
  );
  readonly #head = this.#gauge("journal_head", "Position of the last event.");
  readonly #oldest = this.#gauge(
    "journal_oldest",
    "Position of the oldest event that is kept.",
  );
  readonly #writable = this.#gauge(
    "journal_writable",
    "1 if the journal can be written, else 0.",
  );
  readonly #journalBytes = this.#gauge(
    "journal_bytes",
    "Bytes of the journal: events as retention counts them, keys of commands, and SQLite's log.",
    ["part"],
  );
  readonly #lag = this.#gauge(
    "consumer_lag_events",
    "Positions that the consumer which is furthest behind has not acknowledged.",
  );
  readonly #free = this.#gauge(
    "disk_free_bytes",
    "Bytes that are free where the data folder is.",
  );
  readonly #clusterGauges = mapValues(
    CLUSTER_GAUGES,
    ([name, help]) => this.#gauge(name, help),
  );
  readonly #clusterCounters = mapValues(
    CLUSTER_COUNTERS,
    ([name, help]) => this.#counter(name, help),
  );
  readonly #clusterAppends = new Histogram({
    name: "tqq_cluster_append_seconds",
    help: "Time until the cluster's log had a record of this node.",
    buckets: APPEND_BUCKETS,
    registers: [this.#registry],
  });
  readonly #clusterCalls = this.#counter(
    "cluster_calls_total",
    "Commands for accounts that another node drives, by outcome.",
    ["outcome"],
  );
  #bridge: BridgeApi | undefined;
  #cluster: (() => ClusterFigures) | undefined;
  #freeBytes: (() => number) | undefined;

  /**
   * Starts all counters at zero.
   *
   * @param version Shown by `tqq_info`.
   */
  constructor(version: string) {
    for (const kind of ["token", "password"] as const) {
      this.#authFailures.inc({ kind }, 0);
    }
    for (const reason of REFUSAL_REASONS) this.#refusals.inc({ reason }, 0);
    this.#gauge("info", "Version of the bridge, as a label.", ["version"]).set({
      version,
    }, 1);
    for (const state of ACCOUNT_STATES) this.#accounts.set({ state }, 0);
    this.#processGauges();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    this.#countSent();
    this.#look();
    return this.#registry.metrics();
  }

  /**
   * Returns the present values of all metrics.
   *
   * @param isFull Whether to look at accounts, consumers, targets and sizes first.
   */
  async sample(isFull: boolean): Promise<MetricValue[]> {
    this.#countSent();
    if (isFull) this.#look();
    return toMetricValues(await this.#registry.getMetricsAsJSON());
  }

  watch(bridge: WatchedBridge): () => void {
    this.#bridge = bridge;
    const unwatch = bridge.journal.watch((events) => {
      for (const { event } of events) this.event(event);
    });
    return () => {
      unwatch();
      this.#bridge = undefined;
    };
  }

  /** Reports the free space of a disk from now on. */
  watchDisk(freeBytes: () => number): void {
    this.#freeBytes = freeBytes;
  }

  /** Reports the figures of a node of a cluster from now on. */
  watchCluster(figures: () => ClusterFigures): void {
    this.#cluster = figures;
  }

  clusterCount(what: keyof typeof CLUSTER_COUNTERS, count = 1): void {
    this.#clusterCounters[what].inc(count);
  }

  clusterAppended(seconds: number): void {
    this.#clusterAppends.observe(seconds);
  }

  clusterCall(outcome: string): void {
    this.#clusterCalls.inc({ outcome });
  }

  event(name: EventName): void {
    this.#events.inc({ event: name });
  }

  command(name: BridgeCommandName, code: ErrorCode | "ok"): void {
    this.#commands.inc({ command: name, code });
  }

  poll(outcome: number | ErrorCode): void {
    if (typeof outcome === "string") return this.#polls.inc({ outcome });
    this.#polls.inc({ outcome: outcome === 0 ? "empty" : "mail" });
    this.#mail.inc(outcome);
  }

  appended(seconds: number): void {
    this.#appends.observe(seconds);
  }

  appendFailed(): void {
    this.#appendFailures.inc();
  }

  connection(kind: string, change: 1 | 0 | -1): void {
    this.#connections.inc({ kind }, change);
  }

  sent(frames: number, bytes: number): void {
    this.#sentFrames += frames;
    this.#sentBytes += bytes;
  }

  /** Adds what was sent since the last time: to count each frame takes a quarter of the bridge's own time for it. */
  #countSent(): void {
    this.#frames.inc(this.#sentFrames);
    this.#bytes.inc(this.#sentBytes);
    this.#sentFrames = 0;
    this.#sentBytes = 0;
  }

  gap(reason: GapFrame["reason"]): void {
    this.#gaps.inc({ reason });
  }

  slowClose(): void {
    this.#slow.inc();
  }

  closed(code: number): void {
    this.#closes.inc({ code: String(code) });
  }

  authFailure(kind: AuthFailure = "token"): void {
    this.#authFailures.inc({ kind });
  }

  refusal(reason: RefusalReason): void {
    this.#refusals.inc({ reason });
  }

  unhandledError(): void {
    this.#unhandledErrors.inc();
  }

  #lookAtSizes(journal: Pick<Journal, "sizes">): void {
    try {
      for (const [part, bytes] of Object.entries(journal.sizes())) {
        this.#journalBytes.set({ part }, bytes);
      }
    } catch {
      // A damaged journal cannot be measured; the other metrics still work.
    }
  }

  #lookAtDisk(): void {
    try {
      if (this.#freeBytes !== undefined) this.#free.set(this.#freeBytes());
    } catch {
      // Deno does not permit to ask, or the disk is gone: no figure is better
      // than an old one.
      this.#free.reset();
      this.#free.remove();
    }
  }

  #lookAtConsumers({ journal, consumers }: BridgeApi): void {
    let most = 0;
    for (const id of consumers.list()) {
      const state = consumers.find(id);
      if (state === undefined) continue;
      most = Math.max(most, countLag(journal, state.position));
    }
    this.#lag.set(most);
  }

  #lookAtCluster(): void {
    const figures = this.#cluster?.();
    if (figures === undefined) return;
    for (const [what, gauge] of Object.entries(this.#clusterGauges)) {
      gauge.set(figures[what as keyof ClusterFigures]);
    }
  }

  #look(): void {
    this.#lookAtDisk();
    this.#lookAtCluster();
    if (this.#bridge === undefined) return;
    const { journal, targetService } = this.#bridge;
    if (targetService !== undefined) this.#lookAtTargets(targetService);
    this.#head.set(journal.head);
    this.#oldest.set(journal.oldest);
    this.#outbox.set(this.#bridge.waiting);
    this.#lookAtSizes(journal);
    this.#lookAtConsumers(this.#bridge);
    this.#writable.set(journal.failure === undefined ? 1 : 0);
    const count = new Map<string, number>();
    for (const { state } of this.#bridge.health()) {
      count.set(state, (count.get(state) ?? 0) + 1);
    }
    for (const state of ACCOUNT_STATES) {
      this.#accounts.set({ state }, count.get(state) ?? 0);
    }
  }

  #lookAtTargets(targets: TargetService): void {
    for (const kind of TARGET_KINDS) {
      for (const [state, count] of Object.entries(targets.counts(kind))) {
        this.#targets.set({ kind, state }, count);
      }
    }
  }

  #processGauges(): void {
    const startedAt = Date.now() / 1000;
    this.#gauge("start_time_seconds", "When the process began.").set(startedAt);
    const memory = this.#gauge("memory_bytes", "Memory of the process.", [
      "kind",
    ], () => {
      const { Deno: platform } = globalThis as { Deno?: Partial<typeof Deno> };
      const usage = platform?.memoryUsage?.();
      if (usage === undefined) return;
      const { rss, heapUsed, external } = usage;
      memory.set({ kind: "rss" }, rss);
      memory.set({ kind: "heap" }, heapUsed);
      memory.set({ kind: "external" }, external);
    });
    const delay = this.#gauge(
      "event_loop_delay_seconds",
      "How late a timer ran while these metrics were collected.",
      [],
      async () => {
        const from = performance.now();
        await new Promise((resolve) => setTimeout(resolve, 0));
        delay.set((performance.now() - from) / 1000);
      },
    );
  }

  #counter<L extends string>(name: string, help: string, labels: L[] = []) {
    return new Counter<L>({
      name: `tqq_${name}`,
      help,
      labelNames: labels,
      registers: [this.#registry],
    });
  }

  #gauge<L extends string>(
    name: string,
    help: string,
    labels: L[] = [],
    collect: () => void | Promise<void> = () => {},
  ): Gauge<L> {
    return new Gauge<L>({
      name: `tqq_${name}`,
      help,
      labelNames: labels,
      registers: [this.#registry],
      collect,
    });
  }
}

function mapValues<K extends string, V, R>(
  values: Readonly<Record<K, V>>,
  map: (value: V) => R,
): Readonly<Record<K, R>> {
  return Object.fromEntries(
    Object.entries<V>(values).map(([key, value]) => [key, map(value)]),
  ) as Record<K, R>;
}
