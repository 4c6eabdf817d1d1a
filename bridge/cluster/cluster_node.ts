/** One node of a cluster: its journal, its stores, and the accounts that it drives. @module */

import type { Clock } from "../../lib/clock.ts";
import type { AccountDetails, Status, Transport } from "../../mod.ts";
import type { AccountsElsewhere, Bridge } from "../core/bridge.ts";
import type { BridgeApi, ClusterProblem } from "../core/bridge_api.ts";
import type { InboxStore } from "../inbox/inbox_store.ts";
import type { JournalLimits } from "../journal/limits.ts";
import { ClusterBridge } from "./cluster_bridge.ts";
import {
  ClusterJournal,
  type ClusterJournalOptions,
} from "./cluster_journal.ts";
import type { ClusterStatus } from "./cluster_status.ts";
import { FencedTransport } from "./members/fenced_transport.ts";
import { Ownership } from "./members/ownership.ts";
import { shardOf, SHARDS } from "./members/shards.ts";
import { Replica } from "./replica/replica.ts";
import { openReplicaFile } from "./replica/replica_file.ts";
import type { LogInfo, ReplicatedLog } from "./replicated_log.ts";
import { ReplicatedAccounts, ReplicatedTokens } from "./replicated_stores.ts";
import { ReplicatedMarks } from "./replicated_marks.ts";
import { ReplicatedSessions } from "./replicated_sessions.ts";
import { ReplicatedTargets } from "./replicated_targets.ts";
import type { Rpc } from "./rpc.ts";
import { LogPurge } from "./upkeep/purge.ts";
import { readReplicaFounding } from "./upkeep/rebuild.ts";
import { copyReplica } from "./upkeep/replica_copy.ts";
import { Spool } from "./upkeep/spool.ts";
import { type CopyState, ReplicaSource } from "./upkeep/replica_source.ts";
import {
  type FoundCluster,
  FoundingError,
  notFounded,
  readFounding,
} from "./sealing/founding.ts";
import { SealedCodec } from "./sealing/sealed_codec.ts";
import { SealedRpc } from "./sealing/sealed_rpc.ts";

/** Time without a beat of its own after which a node serves nobody. A revoked token is known everywhere within 60 s. */
const CUT_OFF_MS = 45_000;

/** Records that a node may lack and still counts as ready: what a full log takes in about two seconds. */
const BEHIND_RECORDS = 5000;

/** Path of a replica without a file. */
const MEMORY = ":memory:";

/** How long the log keeps records that all members have applied by default, in hours. */
const LOG_HOURS = 72;

/** Answer of a node that cannot be copied. */
const NO_COPY = new TextEncoder().encode(
  JSON.stringify({ refused: "its replica is in memory" } satisfies CopyState),
);

/** Called with what the operator should know. */
export interface ClusterListener {
  /** Called when the lease begins or ends. */
  onLease?(isLeased: boolean): void;
  /** Called when this node begins or ends to drive shards. */
  onShards?(count: number): void;
  /** Called once when this node must stop serving. */
  onStopped?(error: Error): void;
  /** Called when another process uses a copy of this node's data folder. */
  onFolderTaken?(node: string): void;
  /** Called with records and calls that no node of the cluster wrote. */
  onForged?(error: Error): void;
  /** Called with the outcome of each command that another node runs. */
  onCall?(outcome: string): void;
  /** Called with the number of dead nodes when this node takes shards of theirs. */
  onTakeover?(nodes: number): void;
  /** Called when the log is followed anew, because it was silent or a record was missing. */
  onRenewal?(): void;
  /** Called with the duration of each append, in seconds. */
  onAppend?(seconds: number): void;
  /** Called when a copy of another node's replica begins, because the log no longer holds what this node lacks. */
  onCopy?(node: string, bytes: number): void;
  /** Called when no node could give a copy; asking goes on. */
  onCopyWaits?(errors: readonly unknown[]): void;
  /** Called once a minute with the state of the log. */
  onLog?(info: LogInfo): void;
  /** Called with errors that are retried. */
  onError?(error: unknown): void;
}

/** What a {@linkcode ClusterNode} is made of. */
export interface ClusterNodeOptions
  extends Pick<ClusterJournalOptions, "gapMs"> {
  readonly log: ReplicatedLog;
  /** Carries calls between nodes; they are sealed here. */
  readonly rpc: Rpc;
  /** Name of the cluster. */
  readonly name: string;
  readonly secretKey: string;
  /** Path of the replica, or `:memory:`. */
  readonly path: string;
  /** Random id of the data folder. */
  readonly folder: string;
  /**
   * Whether the replica is that of the folder which founded the cluster, so that
   * it lacks nothing although it can look like a new one.
   *
   * @default {false}
   */
  readonly isFounder?: boolean;
  /** Whether this node serves clients only, and drives no accounts. */
  readonly isEdge: boolean;
  readonly clock: Clock;
  /** A time in milliseconds that runs evenly. */
  readonly monotonic: () => number;
  /**
   * How long the log keeps records that all members have applied, in hours.
   *
   * @default {72}
   */
  readonly logHours?: number | undefined;
  /** Ends the wait for a replica of another node. */
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<JournalLimits> | undefined;
  readonly listener?: ClusterListener;
}

/** Joins a bridge to a cluster. */
export class ClusterNode {
  readonly journal: ClusterJournal;
  readonly accounts: ReplicatedAccounts;
  readonly tokens: ReplicatedTokens;
  readonly targets: ReplicatedTargets;
  readonly sessions: ReplicatedSessions;
  readonly founding: FoundCluster;
  readonly elsewhere: AccountsElsewhere;
  readonly #options: ClusterNodeOptions;
  readonly #rpc: SealedRpc;
  readonly #ownership: Ownership;
  readonly #purge: LogPurge;
  readonly #spool: Spool | undefined;
  /** Undefined for a replica in memory, which nobody can copy. */
  readonly #source: ReplicaSource | undefined;
  #isClosed = false;
  #bridge: Bridge | undefined;
  #clusterBridge: ClusterBridge | undefined;
  #unlisten = () => {};

  private constructor(
    options: ClusterNodeOptions,
    founding: FoundCluster,
    journal: ClusterJournal,
    spool: Spool | undefined,
  ) {
    const { listener = {}, clock, monotonic, folder, isEdge } = options;
    const { node } = journal;
    this.#options = options;
    this.founding = founding;
    this.journal = journal;
    this.#spool = spool;
    const cipher = founding.keys.accountCipher();
    this.accounts = new ReplicatedAccounts(journal, cipher);
    this.targets = new ReplicatedTargets(journal, cipher);
    this.tokens = new ReplicatedTokens(journal);
    this.sessions = new ReplicatedSessions(journal);
    this.elsewhere = {
      list: () => [...journal.replica.accounts.keys()],
      find: (uin) => this.#findElsewhere(uin),
    };
    this.#rpc = new SealedRpc({
      rpc: options.rpc,
      keys: founding.keys,
      node,
      clock,
      onForged: (error) => listener.onForged?.(error),
    });
    this.#purge = new LogPurge({
      log: options.log,
      replica: journal.replica,
      node,
      clock,
      hours: options.logHours ?? LOG_HOURS,
      onLook: (info) => listener.onLog?.(info),
      onError: (error) => listener.onError?.(error),
    });
    this.#source = options.path === MEMORY
      ? undefined
      : new ReplicaSource(options.path, clock);
    const reportShards = () =>
      listener.onShards?.(this.#ownership.active.length);
    this.#ownership = new Ownership({
      log: journal,
      node,
      folder,
      version: journal.replica.version,
      isEdge,
      ttlMs: founding.ttlMs,
      clock,
      monotonic,
      onStart: (shards) => {
        this.#bridge?.upstreams.acquire(this.#accountsOf(shards));
        reportShards();
      },
      onStop: async (shards) => {
        await this.#bridge?.upstreams.release(this.#accountsOf(shards));
        reportShards();
      },
      onLease: (isLeased) => listener.onLease?.(isLeased),
      onTakeover: (nodes) => listener.onTakeover?.(nodes),
      onFolderTaken: (other) => listener.onFolderTaken?.(other),
      onError: (error) => listener.onError?.(error),
    });
  }

  /**
   * Reads the founding record, opens the replica and catches up with the log.
   *
   * @throws {FoundingError} If there is no cluster of this name, or the secret
   * key is not its.
   */
  static async open(options: ClusterNodeOptions): Promise<ClusterNode> {
    const { log, name, secretKey, path, clock, listener = {} } = options;
    const found = await log.readFound();
    if (found === undefined) {
      throw notFounded(name);
    }
    const founding = readFounding(found.bytes, secretKey, name);
    const codec = new SealedCodec(founding.keys);
    const open = () =>
      new Replica(openReplicaFile(path), {
        epoch: founding.epoch,
        after: founding.head,
        codec,
        clock,
        ...(options.limits === undefined ? {} : { limits: options.limits }),
        onError: (error) => listener.onError?.(error),
        onForged: (error) => listener.onForged?.(error),
      });
    // A replica of the log before a rebuild can have another epoch, and cannot be opened.
    let replica = isOfFormer(path, founding, name) ? undefined : open();
    let spool: Spool | undefined;
    try {
      if (
        replica === undefined ||
        await lacksRecords(log, replica, founding, options.isFounder === true)
      ) {
        await replica?.journal.close();
        await copyReplica({
          log,
          codec,
          rpc: new SealedRpc({
            rpc: options.rpc,
            keys: founding.keys,
            node: randomNode(),
            clock,
          }),
          epoch: founding.epoch,
          path,
          clock,
          signal: options.signal ?? new AbortController().signal,
          onCopy: (node, bytes) => listener.onCopy?.(node, bytes),
          onWait: (errors) => listener.onCopyWaits?.(errors),
        });
        replica = open();
      }
      if (replica.founding === undefined) replica.putFounding(founding.digest);
      spool = path === MEMORY ? undefined : new Spool(spoolPathOf(path));
      const journal = await ClusterJournal.open({
        log,
        replica,
        node: newNode(replica),
        clock,
        spool,
        gapMs: options.gapMs,
        onAppend: (seconds) => listener.onAppend?.(seconds),
        onError: (error) => listener.onError?.(error),
        onStopped: (error) => listener.onStopped?.(error),
      });
      await journal.settle().catch((error) => {
        throw journal.stopped ?? error;
      });
      // What fails stays for the next start.
      await spool?.replay({ log, write: (all) => journal.write(all) })
        .catch((error) => listener.onError?.(error));
      return new ClusterNode(options, founding, journal, spool);
    } catch (error) {
      spool?.close();
      await replica?.journal.close();
      throw error;
    }
  }

  /** Whether this node drives an account at this moment. */
  drives(account: string): boolean {
    return this.#ownership.owns(shardOf(account));
  }

  /**
   * Whether this node must serve nobody: it may not know that a token was
   * revoked, because it has applied nothing of its own for 45 s.
   */
  get isCutOff(): boolean {
    return this.#ownership.cutOffMs > CUT_OFF_MS;
  }

  /** Whether this node's lease holds, so that it may act for what it owns. */
  get isLeased(): boolean {
    return this.#ownership.isLeased;
  }

  /** Why this node is not ready; undefined if it is. */
  get problem(): ClusterProblem | undefined {
    if (this.journal.stopped !== undefined) return "cluster_log_lost";
    if (this.lag >= BEHIND_RECORDS) return "cluster_behind";
    return this.isLeased ? undefined : "cluster_disconnected";
  }

  /** Number of records of the log that this node has not applied yet. */
  get lag(): number {
    return this.#options.log.lag();
  }

  /** Returns a transport that sends nothing for accounts that this node does not drive. */
  fence(account: string, transport: Transport): Transport {
    return new FencedTransport(transport, () => this.drives(account));
  }

  /** Returns the bridge for endpoints, which answers commands for every account. */
  attach(bridge: Bridge): BridgeApi {
    this.#bridge = bridge;
    this.#clusterBridge = new ClusterBridge({
      bridge,
      journal: this.journal,
      rpc: this.#rpc,
      clock: this.#options.clock,
      drives: (account) => this.drives(account),
      problem: () => this.problem,
      has: (account) => this.journal.replica.accounts.has(account),
      copy: (request) =>
        this.#source?.answer(request) ?? Promise.resolve(NO_COPY),
      onCall: (outcome) => this.#options.listener?.onCall?.(outcome),
    });
    return this.#clusterBridge;
  }

  /** Returns a store of the inbox whose marks all nodes share; its summary stays in the local one. */
  inbox(local: Pick<InboxStore, "load" | "save">): ReplicatedMarks {
    return new ReplicatedMarks(this.journal, local);
  }

  /** Joins the cluster, once the attached bridge was started. */
  start(): void {
    this.#unlisten = this.journal.onApplied(({ accounts }) => {
      for (const account of accounts) {
        if (this.drives(account)) this.#bridge?.upstreams.refresh(account);
      }
    });
    this.#ownership.start();
    this.#purge.start();
  }

  /** Gives all accounts up and leaves the cluster. The last node that drives accounts logs them out. */
  async leave(): Promise<void> {
    this.#unlisten();
    if (!this.#ownership.hasHeir) await this.#bridge?.upstreams.stop();
    await this.#ownership.leave();
    this.#clusterBridge?.stop();
  }

  /** The members, and which shards have no owner. */
  status(): ClusterStatus {
    const { membership, node, applied, head } = this.journal;
    const owned = new Map<string | null, number>();
    for (let shard = 0; shard < SHARDS; shard++) {
      const owner = membership.owner(shard);
      owned.set(owner, (owned.get(owner) ?? 0) + 1);
    }
    return {
      node,
      applied,
      head,
      members: membership.members().map(([id, member]) => ({
        ...member,
        node: id,
        shards: owned.get(id) ?? 0,
        silenceMs: this.#ownership.silenceMs(id),
      })),
      unowned: owned.get(null) ?? 0,
    };
  }

  /** Closes the replica. The log stays open. */
  async close(): Promise<void> {
    this.#purge.stop();
    this.#clusterBridge?.stop();
    this.#source?.close();
    await this.#ownership.abandon();
    await this.journal.close();
    if (!this.#isClosed) this.#spool?.close();
    this.#isClosed = true;
  }

  #accountsOf(shards: readonly number[]): string[] {
    const wanted = new Set(shards);
    return [...this.journal.replica.accounts.keys()]
      .filter((uin) => wanted.has(shardOf(uin)));
  }

  /** An account as the log knows it, unless this node has it open. */
  #findElsewhere(uin: string): AccountDetails | undefined {
    const record = this.accounts.get(uin);
    if (record === undefined) return undefined;
    if (this.#bridge?.upstreams.find(uin) !== undefined) return undefined;
    const { nickname, wanted, status } = record;
    const details = {
      uin,
      nickname,
      wanted: wanted === "in",
      waiting: 0,
      ...(status === undefined ? {} : { status: status as Status }),
    };
    const row = this.journal.replica.state(uin);
    const since = new Date(row?.at ?? this.#options.clock.now()).toISOString();
    if (this.journal.membership.owner(shardOf(uin)) === null) {
      const reason = "no node owns this account";
      return { ...details, state: "connecting", since, reason };
    }
    if (row === undefined) return { ...details, state: "connecting", since };
    const { state, reason, action } = JSON.parse(row.data) as Pick<
      AccountDetails,
      "state" | "reason" | "action"
    >;
    return {
      ...details,
      state,
      since,
      ...(reason === undefined ? {} : { reason }),
      ...(action === undefined ? {} : { action }),
    };
  }
}

/** The spool stands beside the replica. */
function spoolPathOf(path: string): string {
  return path.replace(/[^/\\]*$/, "spool.db");
}

/** A new id of a process: 8 random hex digits that no record has. */
function newNode(replica: Replica): string {
  for (;;) {
    const node = randomNode();
    if (!replica.knowsWriter(node)) return node;
  }
}

function randomNode(): string {
  return crypto.getRandomValues(new Uint8Array(4)).toHex();
}

/**
 * Whether a file is a replica of a log that was lost, and that this one takes
 * the place of.
 *
 * @throws {FoundingError} If it is a replica of an unrelated log.
 */
function isOfFormer(
  path: string,
  { digest, formers, epoch }: FoundCluster,
  name: string,
): boolean {
  const known = path === MEMORY ? undefined : readReplicaFounding(path);
  if (known === undefined || known === digest) return false;
  if (formers.includes(known)) return true;
  throw new FoundingError(
    `Cannot join cluster ${name}: its log must be the one that this data folder's journal follows, or take its place, got one of epoch ${epoch} that was founded by others. If this folder was being rebuilt, run \`tqq cluster rebuild\` again; otherwise use an empty folder.`,
  );
}

/** Whether the log no longer holds what a replica lacks, so that it must be copied. */
async function lacksRecords(
  log: ReplicatedLog,
  replica: Replica,
  founding: FoundCluster,
  isFounder: boolean,
): Promise<boolean> {
  const { founding: known } = replica;
  if (founding.formers.length > 0 && known !== founding.digest) return true;
  const isNew = !isFounder && known === undefined && replica.applied === 0 &&
    replica.journal.head === founding.head &&
    replica.journal.oldest > founding.head;
  if (isNew && founding.head > 0) return true;
  return await log.first() > Math.max(replica.applied, 1) + 1;
}
