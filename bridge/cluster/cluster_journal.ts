/** The journal of a cluster: written through the shared log, read from this node's replica. @module */

import type { Clock } from "../../lib/clock.ts";
import type { TrimmedPositions } from "../journal/account_usage.ts";
import {
  checkCount,
  checkKeyed,
  outcomeText,
  toDrafts,
} from "../journal/draft.ts";
import type { StoredEvent } from "../journal/event.ts";
import type {
  Batch,
  ConsumerHolds,
  HistoryQuery,
  IdempotencyRecord,
  Journal,
  JournalBytes,
  LostRange,
  ReadOptions,
  ReadResult,
  Retention,
} from "../journal/journal.ts";
import { JournalWriteError } from "../journal/limits.ts";
import type { Control, MembershipView } from "./members/membership.ts";
import type { MembershipLog } from "./members/ownership.ts";
import { Divergence } from "./replica/divergence.ts";
import type { HoldOperation, Operation } from "./replica/operations.ts";
import { RecordFormatError, RecordVersionError } from "./replica/record.ts";
import type { AppliedRecord, Replica } from "./replica/replica.ts";
import { LogHolds } from "./log_holds.ts";
import {
  RecordWriter,
  type RecordWriterOptions,
  type WriterSpool,
} from "./record_writer.ts";
import type { LogRecord, ReplicatedLog } from "./replicated_log.ts";

/** Maximum number of records that are applied in one transaction. */
const RUN_RECORDS = 100;

/** Records that are applied without a rest before the next: this node is behind. */
const BUSY_RECORDS = 32;

/** Records that a node lacks, from which on it gathers more of them for a transaction. */
const BEHIND_RECORDS = 200;

/** Gap between transactions meanwhile, in milliseconds. A run that took as long is followed at once. */
const BEHIND_GAP_MS = 20;

/** Most members of which each makes the records of all rarer. */
const MAX_GAPS = 4;

/** Wait before a failed run is applied again, in milliseconds. */
const APPLY_RETRY_MS = 500;

/** How long `close` waits for what is not acknowledged, in milliseconds. */
const CLOSE_MS = 10_000;

/** Options of a {@linkcode ClusterJournal}. */
export interface ClusterJournalOptions {
  readonly log: ReplicatedLog;
  readonly replica: Replica;
  /** Id of this process, which no record has used. */
  readonly node: string;
  readonly clock: Clock;
  /**
   * Maximum number of rows that wait to be sent; more are refused.
   *
   * @default {100000}
   */
  readonly waitingRows?: number;
  /**
   * Minimum time from the begin of a transaction to that of the next, in
   * milliseconds, and for each member from one record of few rows to the next.
   * So records do not become more with the members, each of which applies all.
   *
   * @default {0}
   */
  readonly gapMs?: number | undefined;
  /** Runs an act at the end of a turn, see {@linkcode RecordWriterOptions.defer}. */
  readonly defer?: NonNullable<RecordWriterOptions["defer"]>;
  /** Keeps mail that the log does not take and its server does not send again. @default it is in memory only */
  readonly spool?: WriterSpool | undefined;
  /** Called with the duration of each append, in seconds. */
  readonly onAppend?: (seconds: number) => void;
  /** Called with errors that are retried, and with what listeners throw. */
  readonly onError?: (error: unknown) => void;
  /** Called once when the node must stop serving: the log lost records, this replica differs, or the program is too old. */
  readonly onStopped?: (error: Error) => void;
}

/** What a run of applied records changed, apart from events. */
export interface AppliedChanges {
  readonly controls: readonly Control[];
  readonly holds: readonly HoldOperation[];
  /** QQ numbers of accounts that were set or removed. */
  readonly accounts: readonly string[];
  readonly shared: readonly string[];
  readonly hasTokens: boolean;
}

/** A journal whose writes resolve when the log has them and this node has applied them. */
export class ClusterJournal implements Journal, MembershipLog {
  readonly epoch: string;
  readonly start: number;
  readonly durable = true;
  readonly replica: Replica;
  readonly node: string;
  readonly holds: ConsumerHolds;
  readonly #options: ClusterJournalOptions;
  readonly #writer: RecordWriter;
  readonly #divergence: Divergence;
  readonly #gapMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Set<(changes: AppliedChanges) => void>();
  #unfollow: (() => Promise<void>) | undefined;
  #stopped: Error | undefined;
  #applyFailure: Error | undefined;
  #isClosed = false;
  #cancelWait: (() => void) | undefined;

  private constructor(options: ClusterJournalOptions) {
    const { replica, node, clock, log } = options;
    this.#options = options;
    this.replica = replica;
    this.node = node;
    this.epoch = replica.journal.epoch;
    this.start = replica.journal.start;
    this.#onError = options.onError ?? reportError;
    this.#divergence = new Divergence(node);
    this.#gapMs = options.gapMs ?? 0;
    this.holds = new LogHolds(this);
    this.#writer = new RecordWriter({
      ...options,
      clock,
      encode: (number, text) => replica.encode(node, number, text),
      append: ({ bytes, id }, attempt) => log.append(bytes, id, attempt),
      seen: () => replica.seen,
      gapMs: () => this.#recordGapMs(),
      version: () => replica.writtenVersion,
      onError: this.#onError,
    });
  }

  /** Follows the log from where the replica ends. Resolves without waiting for what the log holds behind it: see {@linkcode ClusterJournal.settle}. */
  static async open(options: ClusterJournalOptions): Promise<ClusterJournal> {
    const { log, replica, node } = options;
    if (replica.knowsWriter(node)) {
      throw new RangeError(
        `Cannot open the journal of a cluster: the id of the process must be new, got ${node}`,
      );
    }
    const { created } = await log.info();
    if (replica.mark.created === undefined) replica.putLogCreated(created);
    const journal = new ClusterJournal(options);
    journal.#unfollow = await log.follow(
      replica.mark,
      (records) => journal.#onRecords(records),
      (error) => journal.#stop(error),
    );
    return journal;
  }

  get head(): number {
    return this.replica.journal.head;
  }

  get oldest(): number {
    return this.replica.journal.oldest;
  }

  get lost(): readonly LostRange[] {
    return this.replica.journal.lost;
  }

  get bytes(): number {
    return this.replica.journal.bytes;
  }

  get trimmed(): TrimmedPositions {
    return this.replica.journal.trimmed;
  }

  get readFailure(): Error | undefined {
    return this.replica.journal.readFailure;
  }

  /** Why nothing can be written; undefined while writing works. */
  get failure(): Error | undefined {
    return this.#stopped ?? this.#applyFailure ?? this.#writer.failure;
  }

  /** Why this node must serve nobody any more; undefined while it may. */
  get stopped(): Error | undefined {
    return this.#stopped;
  }

  get membership(): MembershipView {
    return this.replica.membership;
  }

  /** Index of the last record that this node has applied. */
  get applied(): number {
    return this.replica.applied;
  }

  async append(batch: Batch): Promise<StoredEvent[]> {
    const drafts = toDrafts(batch);
    const { poll, outcome } = batch;
    if (drafts.length === 0 && poll === undefined && outcome === undefined) {
      return [];
    }
    const [events] = await this.#write([{
      type: "batch",
      drafts,
      poll,
      outcome: outcome && {
        account: outcome.account,
        key: outcome.key,
        text: outcomeText(outcome, undefined),
        seqField: outcome.seqField,
      },
    }]);
    return events as StoredEvent[];
  }

  watch(listener: (events: readonly StoredEvent[]) => void): () => void {
    return this.replica.journal.watch(listener);
  }

  probe(): boolean {
    return !this.#isClosed && this.failure === undefined;
  }

  read(after: number, options: ReadOptions): ReadResult {
    return this.replica.journal.read(after, options);
  }

  accounts(): string[] {
    return this.replica.journal.accounts();
  }

  history(query: HistoryQuery): { events: StoredEvent[]; more: boolean } {
    return this.replica.journal.history(query);
  }

  polls(account: string): number {
    return this.replica.journal.polls(account);
  }

  pollEpoch(account: string): string | undefined {
    return this.replica.journal.pollEpoch(account);
  }

  repeats(account: string): boolean | undefined {
    return this.replica.journal.repeats(account);
  }

  position(consumer: string): number | undefined {
    return this.replica.journal.position(consumer);
  }

  async setPosition(
    consumer: string,
    seq: number,
    hold?: string,
  ): Promise<void> {
    checkCount("a consumer's position", seq);
    await this.#write([{ type: "position", consumer, seq, connection: hold }]);
  }

  async resetPosition(consumer: string, seq: number): Promise<void> {
    checkCount("a consumer's position", seq);
    await this.#write([{ type: "hold", consumer, connection: null, seq }]);
  }

  seenAt(consumer: string): number | undefined {
    return this.replica.journal.seenAt(consumer);
  }

  async setSeen(consumers: readonly string[], at: number): Promise<void> {
    checkCount("when a consumer was seen", at);
    await this.#write([{ type: "seen", consumers, at }]);
  }

  consumersOf(prefix: string): string[] {
    return this.replica.journal.consumersOf(prefix);
  }

  async dropPosition(consumer: string): Promise<void> {
    await this.#write([{ type: "drop", consumer }]);
  }

  findCommand(account: string, key: string): IdempotencyRecord | undefined {
    return this.replica.journal.findCommand(account, key);
  }

  async recordStart(
    account: string,
    key: string,
    command: IdempotencyRecord,
  ): Promise<void> {
    const outcome = checkKeyed(account, command);
    await this.#write([{ type: "start", account, key, command, outcome }]);
  }

  async forget(account: string): Promise<void> {
    for (let more: unknown = true; more === true;) {
      [more] = await this.#write([{ type: "forget", account }]);
    }
  }

  /** Drops events of this replica only; those of others are not changed. */
  trim(
    now: number,
    retention: Retention,
  ): { trimmed: number; more: boolean } {
    return this.replica.journal.trim(now, retention);
  }

  sizes(): JournalBytes {
    return this.replica.journal.sizes();
  }

  /** Resolves once this node has applied everything that was acknowledged anywhere before the call. */
  settle(): Promise<void> {
    return this.#writer.settle();
  }

  async control(control: Control): Promise<void> {
    const isUrgent = control.op === "beat";
    await this.#writer.write([{ type: "control", control }], isUrgent);
  }

  /** Writes operations that belong together in one record. Resolves with their results once they are applied. */
  write(operations: readonly Operation[]): Promise<unknown[]> {
    return this.#write(operations);
  }

  onControls(listener: (controls: readonly Control[]) => void): () => void {
    return this.onApplied(({ controls }) => {
      if (controls.length > 0) listener(controls);
    });
  }

  /** Calls a listener after each applied run of records. Returns a function that removes it. */
  onApplied(listener: (changes: AppliedChanges) => void): () => void {
    const entry = (changes: AppliedChanges) => listener(changes);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** Closes the replica once everything is applied, at most ten seconds later. The log stays open. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#writer.close(CLOSE_MS);
    this.#cancelWait?.();
    await this.#unfollow?.();
    this.#keepChain();
    await this.replica.journal.close();
  }

  #write(operations: readonly Operation[]): Promise<unknown[]> {
    return this.#writer.write(operations);
  }

  #stop(error: Error): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = error;
    this.#writer.stop(new JournalWriteError(error));
    this.#unfollow?.().catch(this.#onError);
    this.#keepChain();
    this.#options.onStopped?.(error);
  }

  /** Only `tqq cluster rebuild` needs it, so a disk that is full is no reason to fail. */
  #keepChain(): void {
    try {
      this.replica.putChainMarks();
    } catch (error) {
      this.#onError(error);
    }
  }

  #recordGapMs(): number {
    const members = this.membership.members().length;
    return this.#gapMs * Math.max(1, Math.min(members, MAX_GAPS));
  }

  #onRecords(records: readonly LogRecord[]): void | Promise<void> {
    const { clock, log } = this.#options;
    const begunAt = clock.now();
    for (let from = 0; from < records.length; from += RUN_RECORDS) {
      if (this.#stopped !== undefined) return;
      if (!this.#apply(records.slice(from, from + RUN_RECORDS))) {
        return this.#applyLater(records.slice(from));
      }
    }
    if (this.#gapMs === 0) return;
    const isBehind = log.lag() - records.length >= BEHIND_RECORDS;
    if (!isBehind && records.length >= BUSY_RECORDS) return;
    const gapMs = isBehind ? BEHIND_GAP_MS : this.#gapMs;
    // The clock can be set back.
    const restMs = Math.min(gapMs, begunAt + gapMs - clock.now());
    if (restMs > 0) return this.#wait(restMs).then(() => {});
  }

  /** Waits. Resolves with false as soon as the journal is closed. */
  #wait(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, () => resolve(true));
      this.#cancelWait = () => {
        cancel();
        resolve(false);
      };
    });
  }

  /** Waits until the disk takes records; nothing of this node's is applied meanwhile, so its lease ends. */
  async #applyLater(records: readonly LogRecord[]): Promise<void> {
    if (await this.#wait(APPLY_RETRY_MS)) await this.#onRecords(records);
  }

  /** Applies a run; false if that must be tried again. */
  #apply(records: readonly LogRecord[]): boolean {
    let applied: AppliedRecord[];
    try {
      applied = this.replica.apply(records);
      this.#applyFailure = undefined;
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      const isFinal = error instanceof RecordVersionError ||
        error instanceof RecordFormatError || error instanceof SyntaxError;
      if (isFinal) {
        this.#stop(failure);
        return true;
      }
      if (this.#applyFailure === undefined) this.#onError(failure);
      this.#applyFailure = failure;
      return false;
    }
    for (const record of applied) {
      if (record.node === this.node) this.#writer.applied(record);
      else this.#compare(record);
    }
    this.#writer.passed(this.replica.applied);
    this.#notify(applied);
    return true;
  }

  /** Compares what another node had applied with what this one had at the same record. */
  #compare({ node, seen }: AppliedRecord): void {
    const own = this.replica.chainAt(seen.index);
    if (own === undefined) return;
    const error = this.#divergence.compare(
      node,
      own === seen.chain,
      this.membership,
    );
    if (error !== undefined) this.#stop(error);
  }

  #notify(applied: readonly AppliedRecord[]): void {
    const changes: AppliedChanges = {
      controls: applied.flatMap(({ controls }) => controls),
      holds: applied.flatMap(({ holds }) => holds),
      accounts: applied.flatMap(({ accounts }) => accounts),
      shared: applied.flatMap(({ shared }) => shared),
      hasTokens: applied.some(({ hasTokens }) => hasTokens),
    };
    for (const listener of this.#listeners) {
      try {
        listener(changes);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
