/** What a record of the cluster's log can hold. @module */

import type { Draft } from "../../journal/draft.ts";
import type {
  IdempotencyRecord,
  JournalledPoll,
} from "../../journal/journal.ts";
import type { Control } from "../members/membership.ts";

/** Events with the poll that brought them and the outcome of the command that made them. */
export interface BatchOperation {
  readonly type: "batch";
  readonly drafts: readonly Draft[];
  readonly poll?: JournalledPoll | undefined;
  readonly outcome?: OutcomeText | undefined;
}

/** The outcome of a keyed command. */
export interface OutcomeText {
  readonly account: string;
  readonly key: string;
  /** The outcome as JSON. */
  readonly text: string;
  /** Field of its data that receives the position of the batch's first event. */
  readonly seqField?: "seq" | undefined;
}

/** Moves a consumer's position forwards. */
export interface PositionOperation {
  readonly type: "position";
  readonly consumer: string;
  readonly seq: number;
  /** The connection that acknowledged; void if another one holds the name. */
  readonly connection?: string | undefined;
}

/** Gives a consumer's name to a connection, and can set its position. */
export interface HoldOperation {
  readonly type: "hold";
  readonly consumer: string;
  /** Unique in the cluster; null leaves the name with its holder. */
  readonly connection: string | null;
  readonly seq?: number | undefined;
}

/** One change, applied by every node. */
export type Operation =
  | BatchOperation
  | PositionOperation
  | HoldOperation
  | { readonly type: "drop"; readonly consumer: string }
  | {
    readonly type: "seen";
    readonly consumers: readonly string[];
    /** Time in milliseconds since 1970. */
    readonly at: number;
  }
  | {
    readonly type: "start";
    readonly account: string;
    readonly key: string;
    readonly command: Omit<IdempotencyRecord, "outcome">;
    /** An outcome that is already known, as JSON. */
    readonly outcome: string | null;
  }
  | { readonly type: "forget"; readonly account: string }
  | {
    /** Sets a value of the account's store, or removes it. */
    readonly type: "account" | "token" | "value";
    readonly name: string;
    /** JSON text; null removes it. */
    readonly value: string | null;
  }
  | { readonly type: "control"; readonly control: Control }
  | { readonly type: "barrier" };

/** What a writer had applied when it wrote a record. */
export interface Seen {
  /** Index of the last record. */
  readonly index: number;
  /** Position of the last event. */
  readonly seq: number;
  /** Hash over all records up to it and what they changed. */
  readonly chain: string;
}

/** One record: what a node wrote in one turn. */
export interface ClusterRecord {
  /** Id of the process that wrote it. */
  readonly node: string;
  /** Number among the records of that process, from 1 on. */
  readonly number: number;
  /** The writer's time, in milliseconds since 1970. */
  readonly at: number;
  readonly seen: Seen;
  readonly operations: readonly Operation[];
}
