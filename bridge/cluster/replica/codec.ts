/** How records become messages of the log. @module */

import type { LogMessage } from "../replicated_log.ts";

/** What one message of the log holds: a record, or a part of a large one. */
export interface RecordPart {
  /** Id of the process that wrote the record. */
  readonly node: string;
  /** Number of the record among those of that process. */
  readonly number: number;
  /** Index of the part, from 0 on. */
  readonly part: number;
  /** Number of parts of the record. */
  readonly parts: number;
  readonly text: string;
}

/** Makes messages from records, and reads them. */
export interface RecordCodec {
  /** The messages of a record, in order: one, or several parts. The same for the same record. */
  encode(node: string, number: number, text: string): LogMessage[];
  /**
   * Reads a message.
   *
   * @throws {ForgedRecordError} If no node of the cluster wrote it.
   */
  decode(message: LogMessage): RecordPart;
}

/** A message of the log was not written by a node of the cluster. */
export class ForgedRecordError extends Error {
  override readonly name = "ForgedRecordError";
}
