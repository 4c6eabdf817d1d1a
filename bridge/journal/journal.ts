/**
 * The journal: every event, in one order, before anybody sees it. It also keeps
 * what must change together with events: the key of each account's last poll,
 * consumers' positions, and the outcomes of keyed commands.
 *
 * @module
 */

import type { EventName, FrameError } from "../../mod.ts";
import type { NewEvent, StoredEvent } from "./event.ts";

/** What is made durable together, or not at all. */
export interface Batch {
  /** Events, in order; may be empty. */
  events: readonly NewEvent[];
  /** The poll that brought them. */
  poll?: JournalledPoll;
  /**
   * The outcome of a keyed command. `outcome` is called with the events that
   * the batch made, so that it can tell their places.
   */
  outcome?: {
    account: string;
    key: string;
    outcome: (events: readonly StoredEvent[]) => Outcome;
  };
}

/**
 * The poll that brought a batch. A batch is one append; a large one may be cut
 * into several, its parts, which are appended in order and with the same number.
 */
export interface JournalledPoll {
  /** Whose mailbox was read. */
  account: string;
  /** The number of the key that the poll carried: one more than {@linkcode Journal.polls} when it was asked. */
  number: number;
  /**
   * Whether the server honours keys. If so, what is appended again under a number
   * or a part that the journal holds is a repetition, and is dropped whole: the
   * append resolves with no events. Otherwise it is other mail, and is appended.
   * Undefined if the poll carried no key, which says nothing of the server.
   */
  repeats: boolean | undefined;
  /**
   * The index of this part.
   *
   * @default {0}
   */
  part?: number;
  /**
   * Whether this is the last part. The number counts in `polls` from then on;
   * before, a start asks the same poll again, and the parts that are held are
   * dropped.
   *
   * @default {true}
   */
  last?: boolean;
}

/** How a keyed command ended. */
export type Outcome = { ok: true; data: unknown } | {
  ok: false;
  error: FrameError;
};

/** A keyed command, as it is remembered for 24 hours. */
export interface IdempotencyRecord {
  /** JSON text of command and parameters, or of their digest: the same key with other ones is an error. */
  request: string;
  /** The SEQ and Idempotency-Key that its request carries at the QQ server; empty if it sends none. */
  upstreamSeq: string;
  /** See `upstreamSeq`. */
  upstreamKey: string;
  /** When it began, in milliseconds since 1970. */
  at: number;
  /** How it ended; undefined while that is not known. */
  outcome?: Outcome;
}

/** Which events to read. */
export interface ReadOptions {
  /** Most events. */
  limit: number;
  /** Accounts; all where absent. */
  accounts?: readonly string[];
  /** Event names; all where absent. */
  events?: readonly EventName[];
}

/** What was read. */
export interface ReadResult {
  /** Matching events, ascending. */
  events: StoredEvent[];
  /**
   * Up to where the journal was searched: the next read goes on behind it. The
   * head's seq where nothing more matches.
   */
  upTo: number;
}

/** Which events `history` wants. */
export interface HistoryQuery {
  /** Whose. */
  account: string;
  /** Only those with this other party. */
  party?: string;
  /** Only those before this seq. */
  before?: number;
  /** Most events. */
  limit: number;
}

/** How long events are kept. */
export interface Retention {
  /** At most this many days. */
  days: number;
  /** At most about this many bytes of events. */
  bytes: number;
}

/**
 * Positions that a former journal gave out and that are lost, because the data
 * folder was restored from an older copy. No event is ever stored there.
 */
export interface LostRange {
  /** The epoch of the former journal. */
  readonly epoch: string;
  /** The first position of the range; the one before is the last that both journals share. */
  readonly from: number;
  /** The last position of the range: new events follow it. */
  readonly to: number;
}

/** What takes the room of a journal, in bytes. */
export interface JournalBytes {
  /** The kept events, as retention counts them. */
  readonly events: number;
  /** The commands that are remembered for their keys. */
  readonly keys: number;
  /** SQLite's log beside the file; 0 in memory. */
  readonly log: number;
}

/** The epoch and the positions of a journal. */
export interface JournalRange {
  /** A random id made with the journal; changes only when that is lost, reset or restored from a copy. */
  readonly epoch: string;
  /** Position of the last event; where the journal began if there is none. */
  readonly head: number;
  /** Position of the oldest event that is kept; head + 1 if there is none. */
  readonly oldest: number;
  /** Ranges without events, ascending: readers get a `gap` for each. */
  readonly lost: readonly LostRange[];
}

/** See the module. Reads are synchronous: the store is in this process. */
export interface Journal extends JournalRange {
  /** Whether events and positions outlast the process. */
  readonly durable: boolean;
  /**
   * The position behind which the journal began. More than 0 if it followed
   * another one, or may have: it was made anew, or it is in memory.
   */
  readonly start: number;
  /**
   * Why appending fails, or undefined while it works: a full disk, a failing
   * write. Goes back to undefined by itself, see {@linkcode Journal.probe}.
   */
  readonly failure: Error | undefined;
  /** Why the last read from the store failed, as of a damaged page; undefined once a read succeeds. */
  readonly readFailure: Error | undefined;

  /**
   * Appends a batch. Resolves with its events once they are durable (and after
   * all watchers were told of them, in order). Rejects with nothing of the batch
   * stored: TypeError or RangeError where it does not hold, JournalLimitError
   * where too much waits, JournalWriteError where nothing can be written.
   */
  append(batch: Batch): Promise<StoredEvent[]>;
  /** Tells a listener of each run of events right after it became durable, in order. Returns the end of it. */
  watch(listener: (events: readonly StoredEvent[]) => void): () => void;
  /** Tries whether writing works (again); updates `failure`. */
  probe(): boolean;

  /** Matching events behind a place; never across a lost range in one call. */
  read(after: number, options: ReadOptions): ReadResult;
  /** The newest matching events, ascending, and whether there are older ones. */
  history(query: HistoryQuery): { events: StoredEvent[]; more: boolean };
  /** The number of an account's last poll that is journalled whole, 0 before the first: the next poll's key is made of it. Never goes back. */
  polls(account: string): number;
  /**
   * The epoch of the next poll's key: that of the former journal if this one was
   * restored and has journalled no poll of the account since. Undefined if it has
   * never journalled one.
   */
  pollEpoch(account: string): string | undefined;
  /** Whether the server honoured the key of an account's last journalled poll; undefined if that is not known. */
  repeats(account: string): boolean | undefined;

  /** A consumer's position, or undefined for a new one. */
  position(consumer: string): number | undefined;
  /** Moves a consumer's position, never back; durable when it resolves. Rejects as `append`, and where there are too many consumers. */
  setPosition(consumer: string, seq: number): Promise<void>;
  /** Sets a consumer's position, also backwards; durable when it resolves. Rejects as `setPosition`. */
  resetPosition(consumer: string, seq: number): Promise<void>;
  /** When a client of a consumer was connected last, in milliseconds since 1970; undefined for a new one. */
  seenAt(consumer: string): number | undefined;
  /** Stores when clients of these consumers were connected; durable when it resolves. Unknown ones are ignored. Rejects as `append`. */
  setSeen(consumers: readonly string[], at: number): Promise<void>;
  /** The consumers with a position whose names begin with a prefix. */
  consumersOf(prefix: string): string[];
  /** Drops a consumer's position; durable when it resolves. Rejects as `append`. */
  dropPosition(consumer: string): Promise<void>;

  /** A keyed command, unless it is older than 24 hours. */
  findCommand(account: string, key: string): IdempotencyRecord | undefined;
  /** Remembers a keyed command before it is sent; durable when it resolves. Rejects as `append`, and where there are too many. */
  recordStart(
    account: string,
    key: string,
    command: IdempotencyRecord,
  ): Promise<void>;

  /**
   * Forgets the polls and the keyed commands of an account that was removed; its
   * events stay. Rejects as `append`.
   */
  forget(account: string): Promise<void>;

  /** Drops what retention no longer keeps, a bounded piece a call; tells whether there is more. */
  trim(now: number, retention: Retention): { trimmed: number; more: boolean };
  /** What takes the room of the journal, about. */
  sizes(): JournalBytes;
  /** Ends the journal after all that was appended is durable. */
  close(): Promise<void>;
}
