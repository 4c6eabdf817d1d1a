/** The contract of a journal. @module */

import type { EventName, FrameError } from "../../mod.ts";
import type { TrimmedPositions } from "./account_usage.ts";
import type { NewEvent, StoredEvent } from "./event.ts";

/**
 * What becomes durable together, or not at all.
 *
 * @category Edge
 */
export interface Batch {
  /** Events in order; may be empty. */
  events: readonly NewEvent[];
  /** The poll that brought the events. */
  poll?: JournalledPoll;
  /** The outcome of a keyed command. */
  outcome?: JournalledOutcome;
}

/**
 * How a keyed command ended, stored with the events that it made.
 *
 * @category Edge
 */
export interface JournalledOutcome {
  /** Account whose command it was, or `token:` and the id of a token. */
  account: string;
  /** Key of the command. */
  key: string;
  /** How the command ended. */
  outcome: Outcome;
  /** Field of the outcome's data that receives the position of the batch's first event; absent: none does. */
  seqField?: "seq";
}

/**
 * The poll that brought a batch. A batch is one append. A large one can be
 * split into parts, which are appended in order under the same number.
 *
 * @category Edge
 */
export interface JournalledPoll {
  /** Account whose mailbox was read. */
  account: string;
  /** Number of the poll's key: one more than {@linkcode Journal.polls} when the poll was sent. */
  number: number;
  /**
   * Whether the server honours keys. If it does, a number or part that the
   * journal has already is a repetition: the whole batch is dropped, and the
   * append resolves with no events. If it does not, such a batch is other mail,
   * and is appended. Undefined if the poll had no key, which says nothing about
   * the server.
   */
  repeats: boolean | undefined;
  /**
   * Index of this part.
   *
   * @default {0}
   */
  part?: number;
  /**
   * Whether this is the last part. Only then does `polls` count the number. A
   * restart before it repeats the poll, and the parts that are stored are
   * dropped.
   *
   * @default {true}
   */
  last?: boolean;
}

/**
 * How a keyed command ended.
 *
 * @category Edge
 */
export type Outcome = { ok: true; data: unknown } | {
  ok: false;
  error: FrameError;
};

/**
 * A keyed command, remembered for 24 hours.
 *
 * @category Edge
 */
export interface IdempotencyRecord {
  /**
   * JSON text of the command and its parameters, or of their digest. The same
   * key with another request is an error.
   */
  request: string;
  /** SEQ of the request at the QQ server; empty if the command sends none. */
  upstreamSeq: string;
  /** Idempotency-Key of the request; empty if the command sends none. */
  upstreamKey: string;
  /** When the command began, in milliseconds since 1970. */
  at: number;
  /** The outcome; undefined while it is unknown. */
  outcome?: Outcome;
}

/**
 * Selects the events to read.
 *
 * @category Edge
 */
export interface ReadOptions {
  /** Maximum number of events. */
  limit: number;
  /** Accounts to read; all if undefined. */
  accounts?: readonly string[];
  /** Event names to read; all if undefined. */
  events?: readonly EventName[];
}

/**
 * What a read found.
 *
 * @category Edge
 */
export interface ReadResult {
  /** Matching events in ascending order. */
  events: StoredEvent[];
  /**
   * Position up to which the journal was searched; the next read starts after
   * it. The head if nothing more matches.
   */
  upTo: number;
}

/**
 * Selects the events of `history`.
 *
 * @category Edge
 */
export interface HistoryQuery {
  /** QQ number of the account. */
  account: string;
  /** Only events with this other party. */
  party?: string;
  /** Only events before this position. */
  before?: number;
  /** Maximum number of events. */
  limit: number;
}

/**
 * How long events are kept.
 *
 * @category Edge
 */
export interface Retention {
  /** Maximum age in days. */
  days: number;
  /** Approximate maximum number of bytes of all events. */
  bytes: number;
}

/**
 * Positions of a former journal that are lost, because the data folder was
 * restored from an older copy. No event is ever stored there.
 *
 * @category Edge
 */
export interface LostRange {
  /** Epoch of the former journal. */
  readonly epoch: string;
  /** First position of the range; both journals share the one before. */
  readonly from: number;
  /** Last position of the range; new events follow it. */
  readonly to: number;
}

/**
 * Disk space of a journal, in bytes.
 *
 * @category Edge
 */
export interface JournalBytes {
  /** The kept events, as retention counts them. */
  readonly events: number;
  /** The keyed commands that are remembered. */
  readonly keys: number;
  /** SQLite's log beside the file; 0 in memory. */
  readonly log: number;
}

/**
 * Epoch and positions of a journal.
 *
 * @category Edge
 */
export interface JournalRange {
  /**
   * Random id made with the journal. It changes only when the journal is lost,
   * reset or restored from a copy.
   */
  readonly epoch: string;
  /** Position of the last event; the journal's start if there is none. */
  readonly head: number;
  /** Position of the oldest kept event; head + 1 if there is none. */
  readonly oldest: number;
  /** Ranges without events, ascending. Readers get a `gap` for each. */
  readonly lost: readonly LostRange[];
  /** How far the events of each account were trimmed; `undefined` if that is not known. */
  readonly trimmed?: TrimmedPositions;
}

/**
 * How the nodes of a cluster agree which connection holds the name of a consumer.
 *
 * @category Edge
 */
export interface ConsumerHolds {
  /**
   * Takes a name for a connection of this node. Resolves with the id of the hold
   * once this node has everything that was durable on any node at the call.
   * Rejects like `append`.
   */
  take(consumer: string): Promise<string>;
  /**
   * Calls a listener for each name that was taken on any node, in the same order
   * on all of them.
   *
   * @returns Removes the listener.
   */
  watch(listener: (consumer: string, hold: string) => void): () => void;
  /** Whether a hold is of this node. */
  isOwn(hold: string): boolean;
}

/**
 * Stores every event in one order before anybody sees it, and what must change
 * together with events: the key of each account's last poll, consumers'
 * positions, and the outcomes of keyed commands. Reads are synchronous, because
 * the store is in this process.
 *
 * @category Edge
 */
export interface Journal extends JournalRange {
  /** Whether events and positions survive the process. */
  readonly durable: boolean;
  /** Bytes that the data of an event may have; undefined if there is no bound. */
  readonly maxEventBytes?: number;
  /** Bytes that the kept events count in retention. */
  readonly bytes: number;
  /** How far the events of each account were trimmed. */
  readonly trimmed: TrimmedPositions;
  /**
   * Position after which the journal began. More than 0 if the journal followed
   * another one, or may have: it was made anew, or it is in memory.
   */
  readonly start: number;
  /**
   * Why appending fails, such as a full disk; undefined while it works. Cleared
   * as soon as writing works again, see {@linkcode Journal.probe}.
   */
  readonly failure: Error | undefined;
  /** Why the last read failed, such as a damaged page; undefined after a read succeeds. */
  readonly readFailure: Error | undefined;

  /**
   * Appends a batch. Resolves with its events once they are durable and all
   * listeners were notified of them in order. If it rejects, nothing of the
   * batch is stored: TypeError or RangeError if the batch is invalid,
   * JournalLimitError if too much is waiting, JournalWriteError if nothing can
   * be written.
   */
  append(batch: Batch): Promise<StoredEvent[]>;
  /**
   * Calls a listener with events in order, right after they became durable.
   * Returns a function that removes it.
   */
  watch(listener: (events: readonly StoredEvent[]) => void): () => void;
  /** Tests whether writing works, and updates `failure`. */
  probe(): boolean;

  /** Matching events after a position. One call never crosses a lost range. */
  read(after: number, options: ReadOptions): ReadResult;
  /** QQ numbers of the accounts that have events. */
  accounts(): string[];
  /** The newest matching events, ascending, and whether there are older ones. */
  history(query: HistoryQuery): { events: StoredEvent[]; more: boolean };
  /**
   * Number of the account's last fully journalled poll, 0 before the first. The
   * next poll's key is made from it. It never decreases.
   */
  polls(account: string): number;
  /**
   * Epoch of the next poll's key: that of the former journal if this one was
   * restored and has journalled no poll of the account since. Undefined if it
   * has never journalled one.
   */
  pollEpoch(account: string): string | undefined;
  /** Whether the server honoured the key of the account's last journalled poll; undefined if unknown. */
  repeats(account: string): boolean | undefined;

  /** A consumer's position; undefined for a new one. */
  position(consumer: string): number | undefined;
  /**
   * Moves a consumer's position forwards. Resolves once that is durable.
   * Rejects like `append`, and if there are too many consumers.
   *
   * @param hold What {@linkcode ConsumerHolds.take} returned. If the name was taken again since, the position stays.
   */
  setPosition(consumer: string, seq: number, hold?: string): Promise<void>;
  /**
   * Sets a consumer's position, also backwards. Resolves once that is durable.
   * Rejects like `setPosition`.
   */
  resetPosition(consumer: string, seq: number): Promise<void>;
  /** When a client of a consumer was last connected, in milliseconds since 1970; undefined for a new one. */
  seenAt(consumer: string): number | undefined;
  /**
   * Stores when clients of these consumers were connected. Resolves once that
   * is durable. Ignores unknown consumers. Rejects like `append`.
   */
  setSeen(consumers: readonly string[], at: number): Promise<void>;
  /** Consumers with a position whose names start with a prefix. */
  consumersOf(prefix: string): string[];
  /** Deletes a consumer's position. Resolves once that is durable. Rejects like `append`. */
  dropPosition(consumer: string): Promise<void>;

  /** A keyed command; undefined if it is unknown or older than 24 hours. */
  findCommand(account: string, key: string): IdempotencyRecord | undefined;
  /**
   * Stores a keyed command before it is sent. Resolves once that is durable.
   * Rejects like `append`, and if there are too many.
   */
  recordStart(
    account: string,
    key: string,
    command: IdempotencyRecord,
  ): Promise<void>;

  /** Deletes the polls and keyed commands of a removed account; its events stay. Rejects like `append`. */
  forget(account: string): Promise<void>;

  /**
   * Drops a limited number of expired events, and returns whether there are
   * more: the oldest of all if they are too old, and the oldest of the accounts
   * that use most if all are too large together.
   */
  trim(now: number, retention: Retention): { trimmed: number; more: boolean };
  /** Approximate disk space of the journal. */
  sizes(): JournalBytes;
  /**
   * Resolves once this journal holds everything that was durable on any node
   * when it was called. Undefined on one machine, where it always does. Rejects
   * like `append`.
   */
  settle(): Promise<void> | undefined;
  /** Who holds the names of consumers on all nodes; undefined on one machine. */
  readonly holds?: ConsumerHolds | undefined;
  /** Closes the journal after everything that was appended is durable. */
  close(): Promise<void>;
}

/** A journal without what shows its events, and without what adds to them. Endpoints have no more of it. */
export type JournalState = Omit<
  Journal,
  "read" | "history" | "watch" | "append"
>;
