/** The log that the nodes of a cluster share. @module */

import { createHash } from "node:crypto";

/** Milliseconds after which an append without an answer is rejected. */
export const APPEND_TIMEOUT_MS = 5000;

/** Id of the record that founds a cluster. */
export const FOUND_ID = "found";

/** One message of the log. */
export interface LogMessage {
  /** Unique name of the message. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** A stored message of the log. */
export interface LogRecord extends LogMessage {
  /** Position in the log. Indexes increase; they can have holes. */
  readonly index: number;
}

/** Where a follower starts, and what the log must still hold there. */
export interface LogMark {
  /** Index of the last record that was taken; 0 before the first. */
  readonly index: number;
  /** `digestOf()` of that record; `undefined` if it is not known and not compared. */
  readonly digest?: string;
  /** {@linkcode LogInfo.created} of the log that it was taken from; not compared if `undefined`. */
  readonly created?: string;
}

/** The state of a log. */
export interface LogInfo {
  /** When the log was created, as the server writes it. Another value means another log. */
  readonly created: string;
  /** Index of the oldest kept record, the founding one aside; `last + 1` if there is none. */
  readonly first: number;
  /** Index of the last record that was ever stored; 0 if there is none. */
  readonly last: number;
  /** Size of what is kept, in bytes. */
  readonly bytes: number;
  /** Size at which the log refuses records, in bytes; `undefined` without a limit. */
  readonly maxBytes?: number;
}

/**
 * One ordered log of several machines. A record that was acknowledged survives
 * the loss of a minority of them, and everybody reads all records in the same
 * order.
 */
export interface ReplicatedLog {
  /**
   * Appends a record. Resolves with its index once it is durable. A rejection
   * says nothing about the outcome: append the same bytes again under the same
   * id, as the next attempt. LogFullError if there is no space until records are
   * purged, LogClosedError after `close`.
   *
   * Servers that elect a leader can acknowledge a record that they lose, or hold
   * one for stored that is not. Who has read the log up to the index without
   * seeing the record makes another attempt.
   *
   * @param attempt An attempt is stored once within two minutes; another one of the same record is stored again. By default 0.
   */
  append(record: Uint8Array, id: string, attempt?: number): Promise<number>;
  /**
   * Stores the record that founds the cluster, which `purge` never deletes.
   * Returns false if the log has one already.
   */
  found(record: Uint8Array): Promise<boolean>;
  /** Reads the founding record; `undefined` if the log does not exist or has none. */
  readFound(): Promise<LogRecord | undefined>;
  /**
   * Calls `onRecords` with all records after a mark, in order, and goes on with
   * new ones. While a returned promise is pending, records wait in a bounded
   * queue. Calls `onLost` once, and then nothing more, if the log no longer
   * holds what was taken from it: it was created anew, ends earlier, or has
   * another record there.
   *
   * @param after An index, or a mark that is compared at the start.
   * @returns Stops following.
   */
  follow(
    after: number | LogMark,
    onRecords: (records: readonly LogRecord[]) => void | Promise<void>,
    onLost: (error: LogLostError) => void,
  ): Promise<() => Promise<void>>;
  /** Reads the state of the log. Rejects if the log does not exist or cannot be reached. */
  info(): Promise<LogInfo>;
  /** Number of stored records that a follower of this connection has not applied yet, as far as it knows. */
  lag(): number;
  /** Reads the index of the oldest kept record, as in {@linkcode LogInfo.first}. */
  first(): Promise<number>;
  /** Deletes all records up to an index, the founding one aside. */
  purge(upTo: number): Promise<void>;
  /** Ends the connection. Pending appends reject with LogClosedError. */
  close(): Promise<void>;
}

/** The log is full, so records wait until there is space again. */
export class LogFullError extends Error {
  override name = "LogFullError";
}

/** An append was not acknowledged in time, so its outcome is unknown. */
export class LogTimeoutError extends Error {
  override name = "LogTimeoutError";
}

/** The connection to the log was closed by this node. */
export class LogClosedError extends Error {
  override name = "LogClosedError";
}

/** The log no longer holds records that it had acknowledged. */
export class LogLostError extends Error {
  override name = "LogLostError";
}

/** SHA-256 of a record as the log stores it, in hex. */
export function digestOf(record: Uint8Array): string {
  return createHash("sha256").update(record).digest("hex");
}

/** Compares a log with what was taken from it; returns why records were lost. */
export function findLoss(
  mark: LogMark,
  info: LogInfo,
  digest: string | undefined,
): LogLostError | undefined {
  const lost = (rule: string) =>
    new LogLostError(
      `Cannot follow the log: ${rule}. See "If the log has lost records" in bridge/cluster/README.md.`,
    );
  if (mark.created !== undefined && mark.created !== info.created) {
    return lost(
      `it was created anew at ${info.created}, the former one at ${mark.created}`,
    );
  }
  if (info.last < mark.index) {
    return lost(
      `it ends at ${info.last}, but record ${mark.index} was taken from it`,
    );
  }
  if (mark.index === 0 || mark.digest === undefined) return undefined;
  if (digest === undefined) {
    // Purged, together with everything before it: nothing is missing that was not applied by all.
    return info.first > mark.index
      ? undefined
      : lost(`record ${mark.index} is missing`);
  }
  return digest === mark.digest
    ? undefined
    : lost(`record ${mark.index} is not the one that was taken from it`);
}
