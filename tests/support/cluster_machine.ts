import { ClusterBridge } from "../../bridge/cluster/cluster_bridge.ts";
import { ClusterJournal } from "../../bridge/cluster/cluster_journal.ts";
import {
  MemoryLog,
  type MemoryStream,
} from "../../bridge/cluster/memory_log.ts";
import {
  type MemoryNetwork,
  MemoryRpc,
} from "../../bridge/cluster/memory_rpc.ts";
import { FencedTransport } from "../../bridge/cluster/members/fenced_transport.ts";
import { Ownership } from "../../bridge/cluster/members/ownership.ts";
import { shardOf } from "../../bridge/cluster/members/shards.ts";
import { Replica } from "../../bridge/cluster/replica/replica.ts";
import type {
  LogRecord,
  ReplicatedLog,
} from "../../bridge/cluster/replicated_log.ts";
import { Bridge } from "../../bridge/core/bridge.ts";
import type { SqlDatabase } from "../../bridge/sqlite/sql_database.ts";
import type { AccountStore } from "../../bridge/upstream/account_store.ts";
import type { Clock } from "../../lib/clock.ts";
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "../../mod.ts";
import type { Chance } from "../property/seeded.ts";
import { Machine } from "./control_log.ts";
import { PlainCodec } from "./plain_codec.ts";

/** Time without a beat after which others take accounts, in milliseconds. */
export const TTL_MS = 12_000;

/** What a {@linkcode ClusterMachine} is made of. */
export interface ClusterMachineOptions {
  readonly chance: Chance;
  readonly clock: Clock;
  readonly stream: MemoryStream;
  /** Carries commands to the node that drives the account. */
  readonly network: MemoryNetwork;
  /** The replica; another process may have used it before. */
  readonly database: SqlDatabase;
  readonly node: string;
  readonly folder: string;
  readonly accounts: AccountStore;
  readonly server: Transport;
  readonly onError: (error: unknown) => void;
}

/**
 * One process of a cluster, with a real bridge, in a test's hands: it can be
 * cut off, paused and killed. What it sent before may still arrive later.
 */
export class ClusterMachine {
  readonly node: string;
  readonly folder: string;
  readonly database: SqlDatabase;
  readonly machine: Machine;
  readonly log: MemoryLog;
  readonly journal: ClusterJournal;
  readonly ownership: Ownership;
  /** Runs commands here, or at the node that drives the account. */
  readonly bridge: ClusterBridge;
  readonly #bridge: Bridge;
  readonly #rpc: MemoryRpc;
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #server: Transport;
  isServerCut = false;
  isDead = false;

  static async start(options: ClusterMachineOptions): Promise<ClusterMachine> {
    const { chance, clock, stream, database, node, onError } = options;
    const machine = new Machine(clock);
    const log = new MemoryLog(stream, {
      delayMs: () => chance.below(chance.oneIn(30) ? 3000 : 10),
      isAckLost: () => chance.oneIn(20),
    });
    const replica = new Replica(database, {
      epoch: "k3f9k3f9k3f9",
      codec: new PlainCodec(2000),
      clock: machine,
      onError,
    });
    let self: ClusterMachine | undefined;
    const journal = await ClusterJournal.open({
      log: new ProcessLog(log, () => self?.isDead === true),
      replica,
      node,
      clock: machine,
      defer: (act) => machine.after(0, act),
      onError: () => {},
      onStopped: onError,
    });
    return self = new ClusterMachine(options, machine, log, journal);
  }

  private constructor(
    options: ClusterMachineOptions,
    machine: Machine,
    log: MemoryLog,
    journal: ClusterJournal,
  ) {
    const { chance, clock, node, folder, server, onError } = options;
    this.node = node;
    this.folder = folder;
    this.database = options.database;
    this.machine = machine;
    this.log = log;
    this.journal = journal;
    this.#chance = chance;
    this.#clock = clock;
    this.#server = server;
    const shardsOf = (shards: readonly number[]) =>
      options.accounts.list().map(({ uin }) => uin)
        .filter((uin) => shards.includes(shardOf(uin)));
    const drives = (uin: string) => this.ownership.owns(shardOf(uin));
    const bridge = this.#bridge = new Bridge({
      journal,
      accounts: options.accounts,
      transport: (uin) =>
        new FencedTransport({
          post: (request) => this.#post(request),
        }, () => drives(uin)),
      clock: machine,
      random: () => chance.below(1000) / 1000,
      outbox: { gapMs: 0 },
      drives,
    });
    this.#rpc = new MemoryRpc(options.network, {
      delayMs: () => chance.below(chance.oneIn(30) ? 3000 : 10),
      isAnswerLost: () => chance.oneIn(20),
    });
    this.bridge = new ClusterBridge({
      bridge,
      journal,
      rpc: this.#rpc,
      clock: machine,
      drives,
      has: (uin) => options.accounts.list().some((one) => one.uin === uin),
      problem: () => undefined,
      copy: () => Promise.reject(new Error("no copy")),
    });
    this.ownership = new Ownership({
      log: journal,
      node,
      folder,
      version: 1,
      ttlMs: TTL_MS,
      clock: machine,
      monotonic: () => clock.now(),
      onStart: (shards) => bridge.upstreams.acquire(shardsOf(shards)),
      onStop: (shards) => bridge.upstreams.release(shardsOf(shards)),
      onFolderTaken: () => {
        if (!this.isDead) onError(new Error(`the folder of ${node} is taken`));
      },
      onError: () => {},
    });
  }

  /** Starts once the log was read up to now. */
  async join(): Promise<void> {
    await this.journal.settle();
    if (this.isDead) return;
    this.#bridge.start();
    this.ownership.start();
  }

  drives(uin: string): boolean {
    return !this.isDead && !this.machine.isPaused &&
      this.ownership.owns(shardOf(uin));
  }

  /** Stops at once; what it has sent may arrive later. */
  kill(): void {
    this.isDead = true;
    this.#rpc.isCut = true;
    this.bridge.stop();
    this.machine.pause();
  }

  /** Whether it reaches neither the log nor other nodes. */
  set isCut(isCut: boolean) {
    this.log.isCut = isCut;
    this.#rpc.isCut = isCut;
  }

  /** Stops for a while, and loses its connections meanwhile. */
  pause(): void {
    this.machine.pause();
    this.isCut = true;
  }

  resume(): void {
    if (this.isDead) return;
    this.isCut = false;
    this.machine.resume();
  }

  /** Ends it for good, after everything was compared. */
  async close(): Promise<void> {
    this.isDead = true;
    this.machine.resume();
    await this.ownership.abandon();
    await this.log.close();
  }

  /** Requests take a while, and a dead process hears no answer. */
  async #post(request: TransportRequest): Promise<TransportResponse> {
    const wait = () =>
      new Promise<void>((resolve) => {
        this.#clock.after(
          this.#chance.below(this.#chance.oneIn(20) ? 5000 : 20),
          resolve,
        );
      });
    const never = new Promise<never>(() => {});
    if (this.isDead) return await never;
    if (this.isServerCut) {
      throw new TransportError("unreachable", "Cannot reach the server", {
        cause: new Error("cut"),
      });
    }
    await wait();
    if (request.signal.aborted) throw request.signal.reason;
    const reply = await this.#server.post(request);
    await wait();
    if (this.isDead) return await never;
    if (!this.isServerCut) return reply;
    throw new TransportError("closed", "Cannot read an answer: it was lost");
  }
}

/** A log whose process can die: it appends and hears nothing more. */
class ProcessLog implements ReplicatedLog {
  readonly #log: ReplicatedLog;
  readonly #isDead: () => boolean;
  readonly found: ReplicatedLog["found"];
  readonly readFound: ReplicatedLog["readFound"];
  readonly info: ReplicatedLog["info"];
  readonly first: ReplicatedLog["first"];
  readonly purge: ReplicatedLog["purge"];
  readonly lag: ReplicatedLog["lag"];
  readonly close: ReplicatedLog["close"];

  constructor(log: ReplicatedLog, isDead: () => boolean) {
    this.#log = log;
    this.#isDead = isDead;
    this.found = log.found.bind(log);
    this.readFound = log.readFound.bind(log);
    this.info = log.info.bind(log);
    this.first = log.first.bind(log);
    this.purge = log.purge.bind(log);
    this.lag = log.lag.bind(log);
    this.close = log.close.bind(log);
  }

  async append(
    record: Uint8Array,
    id: string,
    attempt: number,
  ): Promise<number> {
    if (this.#isDead()) return await new Promise<never>(() => {});
    const index = await this.#log.append(record, id, attempt);
    if (this.#isDead()) await new Promise<never>(() => {});
    return index;
  }

  follow(
    after: Parameters<ReplicatedLog["follow"]>[0],
    onRecords: (records: readonly LogRecord[]) => void | Promise<void>,
    onLost: Parameters<ReplicatedLog["follow"]>[2],
  ): ReturnType<ReplicatedLog["follow"]> {
    return this.#log.follow(
      after,
      (records) => this.#isDead() ? undefined : onRecords(records),
      onLost,
    );
  }
}
