/** One node's copy of the journal: applies the records of the log in order. @module */

import type { TokenRecord } from "../../access/token_store.ts";
import { SqliteJournal } from "../../journal/sqlite/sqlite_journal.ts";
import type { Write } from "../../journal/sqlite/group_commit.ts";
import type { SqlDatabase } from "../../sqlite/sql_database.ts";
import { type Control, Membership } from "../members/membership.ts";
import {
  digestOf,
  FOUND_ID,
  type LogMark,
  type LogMessage,
  type LogRecord,
} from "../replicated_log.ts";
import { Chain } from "./chain.ts";
import {
  ForgedRecordError,
  type RecordCodec,
  type RecordPart,
} from "./codec.ts";
import type { ClusterRecord, HoldOperation, Seen } from "./operations.ts";
import { applyOperation, type OperationResult } from "./apply.ts";
import { LogTimes } from "./log_times.ts";
import { parseRecord, RECORD_VERSION } from "./record.ts";
import { SharedRows, type StateRow } from "./shared_rows.ts";
import { SharedState } from "./shared_state.ts";
import { Writers } from "./writers.ts";
import type { SqliteJournalOptions } from "../../journal/sqlite/sqlite_journal.ts";

/** Options of a {@linkcode Replica}. */
export interface ReplicaOptions
  extends Pick<SqliteJournalOptions, "clock" | "limits" | "onError"> {
  /** Epoch of the cluster. */
  readonly epoch: string;
  /**
   * Position after which a new replica starts.
   *
   * @default {0}
   */
  readonly after?: number;
  readonly codec: RecordCodec;
  /** Highest version of records that this program reads and writes. @default {RECORD_VERSION} */
  readonly version?: number;
  /** Called with messages that no node of the cluster wrote; they change nothing. */
  readonly onForged?: (error: ForgedRecordError) => void;
}

/** What a record changed, for those that wait for it or watch it. */
export interface AppliedRecord {
  readonly index: number;
  readonly node: string;
  readonly number: number;
  readonly seen: Seen;
  /** The result of each operation, in order. */
  readonly results: readonly OperationResult[];
  readonly controls: readonly Control[];
  /** Consumers' names that connections took. */
  readonly holds: readonly HoldOperation[];
  /** Accounts and shared values that were set or removed, and whether tokens changed. */
  readonly accounts: readonly string[];
  readonly shared: readonly string[];
  readonly hasTokens: boolean;
}

/**
 * Applies records to a database. Nothing here depends on this node's clock, on
 * chance or on how the log is cut into runs: all replicas hold the same.
 */
export class Replica {
  /** The journal, for reading. Only `apply` writes to it, and `trim`. */
  readonly journal: SqliteJournal;
  readonly #database: SqlDatabase;
  readonly #codec: RecordCodec;
  /** Highest version of records that can be applied. */
  readonly version: number;
  readonly #onForged: (error: ForgedRecordError) => void;
  readonly #rows: SharedRows;
  /** Undefined until the journal is made, which asks it for the owners of consumers. */
  #state!: SharedState;
  #membership!: Membership;
  #writers!: Writers;
  #chain!: Chain;
  #times!: LogTimes;
  #applied = 0;
  #digest: string | undefined;

  /** @param database A database with the journal's tables, which `journal.close` closes. */
  constructor(database: SqlDatabase, options: ReplicaOptions) {
    this.#database = database;
    this.#codec = options.codec;
    this.version = options.version ?? RECORD_VERSION;
    this.#onForged = options.onForged ?? (() => {});
    this.#rows = new SharedRows(database);
    this.#load();
    this.journal = new SqliteJournal(database, {
      ...options,
      limits: {
        owners: {
          shareOf: (owner) => this.#state.owners.shareOf(owner),
          hasAllAccounts: (owner) => this.#state.owners.hasAllAccounts(owner),
        },
        ...options.limits,
      },
    });
  }

  get membership(): Membership {
    return this.#membership;
  }

  /** Index of the last applied record. */
  get applied(): number {
    return this.#applied;
  }

  /** What the log must still hold. */
  get mark(): LogMark {
    const created = this.#rows.meta("log_created") as string | undefined;
    return {
      index: this.#applied,
      ...(this.#digest === undefined ? {} : { digest: this.#digest }),
      ...(created === undefined ? {} : { created }),
    };
  }

  /** Stores which log this is a replica of. */
  putLogCreated(created: string): void {
    this.#database.transaction(() =>
      this.#rows.putMeta("log_created", created)
    );
  }

  /** Hash of the founding record of that log; undefined for a replica that follows none yet. */
  get founding(): string | undefined {
    return this.#rows.meta("founding") as string | undefined;
  }

  /** Stores which founding record the log has. */
  putFounding(digest: string): void {
    this.#database.transaction(() => this.#rows.putMeta("founding", digest));
  }

  /** Stores the remembered chain, so that later processes can compare this replica with one that has applied less. */
  putChainMarks(): void {
    this.#database.transaction(() =>
      this.#rows.putMeta("chain_marks", this.#chain.toText())
    );
  }

  /** Makes the messages of a record. */
  encode(node: string, number: number, text: string): LogMessage[] {
    return this.#codec.encode(node, number, text);
  }

  /** What this node has applied, as its records state it. */
  get seen(): Seen {
    return {
      index: this.#applied,
      seq: this.journal.head,
      chain: this.#chain.value,
    };
  }

  /** Version of the records that this node writes: every member can read them. */
  get writtenVersion(): number {
    return Math.min(this.version, this.#membership.version ?? this.version);
  }

  /** The chain after a record; undefined if it is not remembered. */
  chainAt(index: number): string | undefined {
    return this.#chain.at(index);
  }

  /** The last known index of records that are as old as a time; 0 if none is known. */
  indexBefore(at: number): number {
    return this.#times.indexBefore(at);
  }

  /** Whether records of a process were applied. */
  knowsWriter(node: string): boolean {
    return this.#writers.has(node);
  }

  /** The last state of an account, as its owner saw it. */
  state(account: string): StateRow | undefined {
    return this.#rows.state(account);
  }

  /** The connection that holds a consumer's name, if the consumer has a position. */
  holder(consumer: string): string | undefined {
    return this.#rows.holder(consumer);
  }

  /** The sealed accounts, as JSON. */
  get accounts(): ReadonlyMap<string, string> {
    return this.#state.accounts;
  }

  /** Values that nodes share, as JSON. */
  get shared(): ReadonlyMap<string, string> {
    return this.#state.shared;
  }

  tokens(): TokenRecord[] {
    return this.#state.tokens.list();
  }

  token(id: string): TokenRecord | undefined {
    return this.#state.tokens.get(id);
  }

  tokenByHash(hash: string): TokenRecord | undefined {
    return this.#state.tokens.find(hash);
  }

  tokenByName(name: string): TokenRecord | undefined {
    return this.#state.tokens.findByName(name);
  }

  /**
   * Applies messages of the log, all in one transaction. If it throws, nothing
   * has changed: try again.
   *
   * @throws {RecordVersionError} If this program is too old.
   */
  apply(messages: readonly LogRecord[]): AppliedRecord[] {
    const applied: AppliedRecord[] = [];
    const forged: ForgedRecordError[] = [];
    const last = messages.at(-1);
    if (last === undefined) return applied;
    const digest = digestOf(last.bytes);
    try {
      this.journal.applyAll((write) => {
        for (const message of messages) {
          const record = this.#message(message, write, forged);
          if (record !== undefined) applied.push(record);
          this.#chain.remember(message.index);
        }
        this.#writers.flush();
        const rows = this.#rows;
        rows.putMeta("applied", last.index);
        rows.putMeta("record_digest", digest);
        rows.putMeta("chain", this.#chain.value);
        if (applied.some(({ controls }) => controls.length > 0)) {
          rows.putMeta("membership", this.#membership.toText());
          rows.putMeta("writers_floor", this.#writers.floor);
        }
      });
    } catch (error) {
      this.#load();
      throw error;
    }
    this.#applied = last.index;
    this.#digest = digest;
    for (const error of forged) this.#onForged(error);
    return applied;
  }

  #message(
    message: LogRecord,
    write: <T>(write: Write<T>) => T,
    forged: ForgedRecordError[],
  ): AppliedRecord | undefined {
    if (message.id === FOUND_ID) return undefined;
    let part: RecordPart;
    try {
      part = this.#codec.decode(message);
    } catch (error) {
      if (!(error instanceof ForgedRecordError)) throw error;
      forged.push(error);
      return undefined;
    }
    if (this.#writers.isKnown(part.node, part.number)) return undefined;
    const text = this.#whole(part);
    return text === undefined ? undefined : this.#record(
      parseRecord(text, this.version),
      text,
      message.index,
      write,
    );
  }

  /** The text of a record; undefined while parts are missing. */
  #whole({ node, number, part, parts, text }: RecordPart): string | undefined {
    if (parts === 1) return text;
    this.#rows.putPart(node, number, part, text);
    const found = this.#rows.parts(node, number);
    if (found.length < parts) return undefined;
    this.#rows.dropParts(node, number);
    return found.join("");
  }

  #record(
    record: ClusterRecord,
    text: string,
    index: number,
    write: <T>(write: Write<T>) => T,
  ): AppliedRecord | undefined {
    const { node, number, at, seen } = record;
    const written = { node, number, at, index, seen: seen.index };
    if (this.#writers.isForgotten(written)) return undefined;
    this.#writers.add(written);
    if (this.#times.add(index, at)) {
      this.#rows.putMeta("log_times", this.#times.toText());
    }
    const context = {
      node,
      at,
      index,
      seen: seen.index,
      write,
      writes: this.journal.writes,
      position: (consumer: string) => this.journal.position(consumer),
      rows: this.#rows,
      state: this.#state,
      membership: this.#membership,
    };
    const results = record.operations.map((operation) =>
      applyOperation(operation, context)
    );
    this.#chain.add(
      text,
      JSON.stringify([
        this.journal.head,
        results.map(({ digest }) => digest),
      ]),
    );
    const controls = record.operations.flatMap((operation) =>
      operation.type === "control" ? [operation.control] : []
    );
    if (controls.some(({ op }) => op === "join")) {
      this.#writers.expire(
        at,
        (one) => this.#membership.member(one) !== undefined,
      );
    }
    const named = (type: "account" | "value") =>
      record.operations.flatMap((operation) =>
        operation.type === type ? [operation.name] : []
      );
    return {
      index,
      node,
      number,
      seen,
      results,
      controls,
      holds: record.operations.filter((operation) => operation.type === "hold"),
      accounts: named("account"),
      shared: named("value"),
      hasTokens: record.operations.some(({ type }) => type === "token"),
    };
  }

  /** Reads what is kept in memory. */
  #load(): void {
    const rows = this.#rows;
    this.#state = new SharedState(rows);
    this.#membership = new Membership(
      rows.meta("membership") as string | undefined,
    );
    this.#writers = new Writers(
      this.#database,
      (rows.meta("writers_floor") ?? 0) as number,
    );
    this.#chain = new Chain(rows.meta("chain") as string | undefined);
    const marks = rows.meta("chain_marks") as string | undefined;
    if (marks !== undefined) this.#chain.recall(marks);
    this.#applied = (rows.meta("applied") ?? 0) as number;
    this.#digest = rows.meta("record_digest") as string | undefined;
    this.#chain.remember(this.#applied);
    this.#times = new LogTimes(rows.meta("log_times") as string | undefined);
  }
}
