/** The shards that this node acts for: its lease, and how shards come and go. @module */

import type { Clock } from "../../../lib/clock.ts";
import type { Control, MembershipView } from "./membership.ts";
import { SHARDS } from "./shards.ts";

/** Default time without a beat after which others take a node's shards, in milliseconds. */
export const TTL_MS = 14_000;

/** Time between two checks, in milliseconds. */
export const CHECK_MS = 250;

/** The part of the TTL for which a beat is a lease: others wait for all of it. */
const LEASE_PART = 0.8;

/**
 * Number of beats within one TTL, and most of them that are under way: none
 * waits for an earlier one, which a server may have lost. At the default TTL the
 * log can stand still for 10 s before a lease ends: its servers need 4 to 9 s to
 * elect a leader.
 */
const BEATS = 12;

/** Drift of the two clocks between two checks at which the machine must have been suspended, in milliseconds. */
const MAX_DRIFT_MS = 1000;

/** What takes part in the cluster's log for an {@linkcode Ownership}. */
export interface MembershipLog {
  readonly membership: MembershipView;
  /** Index of the last applied record. */
  readonly applied: number;
  /** Appends a control. Resolves once this node has applied it. */
  control(control: Control): Promise<void>;
  /**
   * Calls a listener after each applied run of records, with the controls in it.
   *
   * @returns Removes the listener.
   */
  onControls(listener: (controls: readonly Control[]) => void): () => void;
}

export interface OwnershipOptions {
  readonly log: MembershipLog;
  /** Id of this process. */
  readonly node: string;
  /** Id of its data folder. */
  readonly folder: string;
  /** Highest version of records that it can read. */
  readonly version: number;
  /**
   * Whether it owns no shards.
   *
   * @default {false}
   */
  readonly isEdge?: boolean;
  /**
   * Time without a beat after which others take a node's shards. The same on all
   * nodes.
   *
   * @default {14000}
   */
  readonly ttlMs?: number;
  readonly clock: Clock;
  /** A time in milliseconds that runs evenly, whatever happens to the wall clock. */
  readonly monotonic: () => number;
  /** Called when this node may act for shards. */
  readonly onStart: (shards: readonly number[]) => void;
  /** Called when it may no longer. Resolves once nothing acts for them; the lease may be over already. */
  readonly onStop: (shards: readonly number[]) => Promise<void>;
  /** Called when the lease begins or ends. */
  readonly onLease?: (isLeased: boolean) => void;
  /** Called with the number of dead nodes when this node takes shards of theirs. */
  readonly onTakeover?: (nodes: number) => void;
  /** Called when another process uses a copy of the data folder: this one must end, and not join again. */
  readonly onFolderTaken: (node: string) => void;
  /** Called with what `onStop` and the log throw. */
  readonly onError: (error: unknown) => void;
}

/**
 * Decides what this node may act for. Make it once this node has caught up with
 * the log: the joins of earlier processes of its folder are no news. Its lease is its own last beat that it has
 * seen applied, counted from when the beat was sent. Others count from when they
 * saw it, always later: so it has stopped before anyone can start. No clock is
 * compared with another one.
 */
export class Ownership {
  readonly #options: OwnershipOptions;
  readonly #ttlMs: number;
  readonly #unlisten: () => void;
  /** Shards that this node acts for. */
  readonly #active = new Set<number>();
  /** Shards that it is stopping. */
  readonly #stopping = new Set<number>();
  /** When a beat of another member was applied here. */
  readonly #heardAt = new Map<string, number>();
  /** Number of members that died since this node took shards last. */
  #dead = 0;
  /** Controls under way; each is written once at a time. */
  readonly #writing = new Set<string>();
  #leaseUntil = -Infinity;
  #isLeased = false;
  #beatAt = -Infinity;
  #beatSentAt = -Infinity;
  #beatsUnderWay = 0;
  /** Beats from before it are no leases. */
  #suspendedAt = -Infinity;
  /** The join under way. */
  #joining: Promise<void> | undefined;
  #checked: { wall: number; monotonic: number } | undefined;
  #cancel: (() => void) | undefined;
  #startedAt: number | undefined;
  /** Whether this node was a member when the last controls were applied. */
  #wasMember = false;
  #state: "new" | "joined" | "leaving" | "ended" = "new";

  constructor(options: OwnershipOptions) {
    this.#options = options;
    this.#ttlMs = options.ttlMs ?? TTL_MS;
    this.#unlisten = options.log.onControls((controls) =>
      this.#onControls(controls)
    );
  }

  /** Joins the cluster, and again whenever this node is no longer a member. */
  start(): void {
    if (this.#state !== "new") return;
    this.#state = "joined";
    this.#startedAt = this.#options.monotonic();
    this.#check();
  }

  /** Whether this node may act for its shards at this moment. */
  get isLeased(): boolean {
    return this.#isLeased && this.#options.monotonic() < this.#leaseUntil;
  }

  /** Whether this node may act for a shard at this moment. */
  owns(shard: number): boolean {
    return this.#active.has(shard) && this.isLeased;
  }

  /** Time since this node saw a beat of its own applied, or started, in milliseconds; 0 before the start. */
  get cutOffMs(): number {
    if (this.#startedAt === undefined) return 0;
    return this.#options.monotonic() -
      Math.max(this.#startedAt, this.#beatAt);
  }

  /** The shards that this node acts for, ascending. */
  get active(): number[] {
    return [...this.#active].sort((a, b) => a - b);
  }

  /** Time since another member's last beat was applied here, in milliseconds; undefined before the first. */
  silenceMs(node: string): number | undefined {
    const heardAt = this.#heardAt.get(node);
    return heardAt === undefined
      ? undefined
      : this.#options.monotonic() - heardAt;
  }

  /** Whether other members could own this node's shards. */
  get hasHeir(): boolean {
    const { log, node } = this.#options;
    return log.membership.members().some(([id, { edge }]) =>
      id !== node && !edge
    );
  }

  /** Stops all shards, and leaves the cluster. Resolves once that is applied. */
  async leave(): Promise<void> {
    if (this.#state !== "joined") return this.#end();
    this.#state = "leaving";
    await this.#stop(this.active);
    // A join that is applied later would make this node a member again.
    await this.#joining;
    try {
      await this.#options.log.control({
        op: "leave",
        node: this.#options.node,
      });
    } finally {
      this.#end();
    }
  }

  /** Ends at once without a word to the others, who take the shards after the TTL. */
  abandon(): Promise<void> {
    const stopped = this.#stop(this.active);
    this.#end();
    return stopped;
  }

  #end(): void {
    this.#state = "ended";
    this.#cancel?.();
    this.#unlisten();
    this.#setLeased(false);
  }

  #check(): void {
    const { clock } = this.#options;
    this.#cancel = clock.after(CHECK_MS, () => this.#check());
    this.#watchClocks();
    if (!this.isLeased && this.#isLeased) this.#lapse();
    if (this.#state !== "joined") return;
    const { membership } = this.#options.log;
    if (membership.member(this.#options.node) === undefined) {
      return this.#join();
    }
    this.#beat();
    if (!this.isLeased) return;
    this.#bury();
    this.#move();
  }

  /** A suspended machine may have lost its lease without the monotonic clock having counted the time. */
  #watchClocks(): void {
    const wall = this.#options.clock.now();
    const monotonic = this.#options.monotonic();
    const before = this.#checked;
    this.#checked = { wall, monotonic };
    if (before === undefined) return;
    const driftMs = (wall - before.wall) - (monotonic - before.monotonic);
    if (Math.abs(driftMs) <= MAX_DRIFT_MS) return;
    this.#leaseUntil = -Infinity;
    this.#suspendedAt = monotonic;
  }

  #lapse(): void {
    this.#setLeased(false);
    void this.#stop(this.active);
  }

  #join(): void {
    if (this.#isLeased) this.#lapse();
    if (this.#joining !== undefined) return;
    const { node, folder, version, isEdge = false } = this.#options;
    this.#joining = this.#writeLease({
      op: "join",
      node,
      folder,
      version,
      edge: isEdge,
    }).finally(() => this.#joining = undefined);
  }

  #beat(): void {
    const { monotonic, log, node } = this.#options;
    if (monotonic() - this.#beatSentAt < this.#ttlMs / BEATS) return;
    if (this.#beatsUnderWay >= BEATS) return;
    this.#beatsUnderWay++;
    void this.#writeLease({ op: "beat", node, applied: log.applied })
      .finally(() => this.#beatsUnderWay--);
  }

  /** Writes a control whose application is a lease from now on. Never rejects. */
  async #writeLease(control: Control): Promise<void> {
    const { monotonic, log, node, onError } = this.#options;
    const sentAt = this.#beatSentAt = monotonic();
    try {
      await log.control(control);
    } catch (error) {
      return onError(error);
    }
    if (this.#state === "ended") return;
    if (log.membership.member(node) === undefined) return;
    if (sentAt < this.#suspendedAt) return;
    this.#beatAt = Math.max(this.#beatAt, sentAt);
    this.#leaseUntil = Math.max(
      this.#leaseUntil,
      sentAt + LEASE_PART * this.#ttlMs,
    );
    if (monotonic() >= this.#leaseUntil) return;
    this.#setLeased(true);
    this.#move();
  }

  #setLeased(isLeased: boolean): void {
    if (this.#isLeased === isLeased) return;
    this.#isLeased = isLeased;
    // After an outage of the log the others were not heard, although they live.
    if (isLeased) this.#hearAll();
    this.#options.onLease?.(isLeased);
  }

  #hearAll(): void {
    const now = this.#options.monotonic();
    this.#heardAt.clear();
    for (const [node] of this.#options.log.membership.members()) {
      this.#heardAt.set(node, now);
    }
  }

  /** Declares members dead that were not heard for the TTL. */
  #bury(): void {
    const { log, node, monotonic } = this.#options;
    const now = monotonic();
    for (const [id, { beat }] of log.membership.members()) {
      if (id === node) continue;
      const heardAt = this.#heardAt.get(id);
      if (heardAt === undefined) this.#heardAt.set(id, now);
      else if (now - heardAt >= this.#ttlMs) {
        this.#write(`dead ${id}`, { op: "dead", node: id, beat });
      }
    }
  }

  /** Takes free shards, starts those that it owns, and gives up those that others shall own. */
  #move(): void {
    if (this.#state !== "joined" || !this.isLeased) return;
    const { node, isEdge, log: { membership } } = this.#options;
    const free: number[] = [];
    const start: number[] = [];
    const leave: number[] = [];
    for (let shard = 0; shard < SHARDS; shard++) {
      const owner = membership.owner(shard);
      const isWanted = membership.wanted(shard) === node;
      const isBusy = this.#stopping.has(shard);
      if (owner === null && isWanted && !isEdge && !isBusy) free.push(shard);
      if (owner !== node) continue;
      if (!isWanted) leave.push(shard);
      else if (!this.#active.has(shard) && !isBusy) start.push(shard);
    }
    if (free.length > 0) {
      this.#write("take", { op: "take", node, shards: free });
    }
    if (start.length > 0) this.#start(start);
    if (leave.length > 0) void this.#release(leave);
  }

  #start(shards: readonly number[]): void {
    for (const shard of shards) this.#active.add(shard);
    this.#options.onStart(shards);
  }

  async #release(shards: readonly number[]): Promise<void> {
    const { node } = this.#options;
    await this.#stop(shards.filter((shard) => this.#active.has(shard)));
    const stopped = shards.filter((shard) => !this.#stopping.has(shard));
    if (stopped.length === 0 || this.#state !== "joined") return;
    this.#write("release", { op: "release", node, shards: stopped });
  }

  /** Never rejects: what fails to stop is stopped by its own fences. */
  async #stop(shards: readonly number[]): Promise<void> {
    if (shards.length === 0) return;
    for (const shard of shards) {
      this.#active.delete(shard);
      this.#stopping.add(shard);
    }
    try {
      await this.#options.onStop(shards);
    } catch (error) {
      this.#options.onError(error);
    }
    for (const shard of shards) this.#stopping.delete(shard);
  }

  #onControls(controls: readonly Control[]): void {
    const { node, folder, monotonic, log: { membership } } = this.#options;
    const now = monotonic();
    const wasMember = this.#wasMember;
    this.#wasMember = membership.member(node) !== undefined;
    for (const control of controls) {
      if (control.op === "join" || control.op === "beat") {
        this.#heardAt.set(control.node, now);
      }
      const isOther = control.node !== node;
      if (
        control.op === "dead" &&
        membership.member(control.node) === undefined &&
        this.#heardAt.delete(control.node)
      ) this.#dead++;
      if (control.op === "take" && !isOther && this.#dead > 0) {
        this.#options.onTakeover?.(this.#dead);
        this.#dead = 0;
      }
      // Before this node is a member, it is the late join of a process that has
      // ended, and the join of this one will remove it.
      if (
        wasMember && control.op === "join" && isOther &&
        control.folder === folder &&
        membership.member(control.node) !== undefined
      ) {
        if (this.#state === "ended") return;
        void this.abandon();
        return this.#options.onFolderTaken(control.node);
      }
    }
    for (const id of this.#heardAt.keys()) {
      if (membership.member(id) === undefined) this.#heardAt.delete(id);
    }
    if (this.#state !== "joined") return;
    if (membership.member(node) === undefined) {
      if (this.#isLeased) {
        this.#leaseUntil = -Infinity;
        this.#lapse();
      }
      return;
    }
    this.#move();
  }

  /** Writes a control unless the same is under way. */
  #write(name: string, control: Control): void {
    if (this.#writing.has(name) || this.#state === "ended") return;
    this.#writing.add(name);
    this.#options.log.control(control).then(
      () => this.#writing.delete(name),
      (error) => {
        this.#writing.delete(name);
        this.#options.onError(error);
      },
    );
  }
}
