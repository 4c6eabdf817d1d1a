/** Sends operations to the log, in records. @module */

import type { Clock } from "../../lib/clock.ts";
import {
  JournalWriteError,
  tooManyWaiting,
  WAITING_ROWS,
} from "../journal/limits.ts";
import type { Operation, Seen } from "./replica/operations.ts";
import { formatRecord, sizeOf } from "./replica/record.ts";
import type { AppliedRecord } from "./replica/replica.ts";
import type { LogMessage } from "./replicated_log.ts";

/** Maximum number of records that are sent and not acknowledged. */
const WINDOW = 4;

/** Rows at which a record is sent although another one is not acknowledged. Fewer wait for that one, because records are the cost. */
const WORTHWHILE_ROWS = 32;

/** How long few rows wait for the acknowledgement of another record, in milliseconds. */
const WAIT_MS = 20;

/** Maximum number of rows and characters of a record. A single batch can be larger. */
const RECORD_ROWS = 250;
const RECORD_CHARS = 256 * 1024;

/** Wait before a record is sent again, in milliseconds. */
const RETRY_MS = 500;

/** Time without an acknowledgement after which writing counts as failing, in milliseconds. */
const FAILURE_MS = 5000;

/** How long mail of a server without keys waits for the log before it is kept on disk, in milliseconds. */
const SPOOL_MS = 1000;

/** A write that waits for the log: the messages of its record, or the operations of none yet, as a record's text. */
export type SpooledWrite =
  | { readonly messages: readonly LogMessage[] }
  | { readonly text: string };

/** Keeps mail on disk that the log does not take. */
export interface WriterSpool {
  /** Keeps a write durably, in place of what was kept under its id. */
  keep(id: string, write: SpooledWrite): void;
  drop(id: string): void;
}

/** What a {@linkcode RecordWriter} needs of its journal. */
export interface RecordWriterOptions {
  readonly node: string;
  readonly clock: Clock;
  /**
   * Maximum number of rows that wait to be sent; more are refused.
   *
   * @default {100000}
   */
  readonly waitingRows?: number;
  /**
   * Runs an act at the end of a turn of the event loop, and returns a function
   * that cancels it.
   *
   * @default {setImmediate}
   */
  readonly defer?: (act: () => void) => () => void;
  /** Makes the messages of a record. */
  readonly encode: (number: number, text: string) => LogMessage[];
  /** Appends a message; resolves with its index, as the log does. */
  readonly append: (message: LogMessage, attempt: number) => Promise<number>;
  /** What this node has applied. */
  readonly seen: () => Seen;
  /**
   * Minimum time from one record of few rows to the next, in milliseconds.
   *
   * @default {0}
   */
  readonly gapMs?: () => number;
  /** Version of the record that is written now. */
  readonly version: () => number;
  /** Keeps mail that the server does not send again. @default it is in memory only */
  readonly spool?: WriterSpool | undefined;
  /** Called with the duration of each append, in seconds. */
  readonly onAppend?: (seconds: number) => void;
  /** Called when appending fails for a new reason. */
  readonly onError: (error: unknown) => void;
}

interface Waiting {
  readonly operations: readonly Operation[];
  readonly rows: number;
  readonly chars: number;
  /** Id in the spool; undefined while it is not there. */
  spooled?: string;
  cancelSpool?: () => void;
  resolve(results: unknown[]): void;
  reject(error: unknown): void;
}

/** A record that was sent and not applied. */
interface Sent {
  readonly writes: readonly Waiting[];
  readonly messages: readonly LogMessage[];
  readonly sentAt: number;
  readonly isUrgent: boolean;
  /** How often it was appended before. */
  attempt: number;
  /** Index at which the log has each message, as its servers say; undefined while it is not acknowledged. */
  readonly indexes: (number | undefined)[];
  cancel: (() => void) | undefined;
}

/**
 * Sends what arrives in one turn of the event loop as one record, and repeats it
 * until this node has applied it. A caller is answered when that has happened.
 */
export class RecordWriter {
  readonly #options: RecordWriterOptions;
  readonly #waitingRows: number;
  #waiting: Waiting[] = [];
  #rows = 0;
  readonly #sent = new Map<number, Sent>();
  #number = 0;
  /** When the last record was sent. */
  #sentAt = -Infinity;
  #cancelTurn: (() => void) | undefined;
  #cancelWait: (() => void) | undefined;
  #barrier: Promise<void> | undefined;
  #stopped: Error | undefined;
  #reported: string | undefined;
  #appendFailure: Error | undefined;
  #onIdle: (() => void) | undefined;
  #isClosing = false;
  #spooled = 0;

  constructor(options: RecordWriterOptions) {
    this.#options = options;
    this.#waitingRows = options.waitingRows ?? WAITING_ROWS;
  }

  /** Why nothing is acknowledged; undefined while writing works. */
  get failure(): Error | undefined {
    const [oldest] = this.#sent.values();
    if (oldest === undefined) return undefined;
    const waitedMs = this.#options.clock.now() - oldest.sentAt;
    if (waitedMs < FAILURE_MS) return undefined;
    return new JournalWriteError(
      this.#appendFailure ??
        new Error(`the log has not answered for ${waitedMs} ms`),
    );
  }

  /**
   * Writes operations in one record. Resolves with their results; rejects with
   * the first refusal. Urgent ones have a record of their own, which waits for
   * no other; their writer limits how many are under way.
   */
  write(
    operations: readonly Operation[],
    isUrgent = false,
  ): Promise<unknown[]> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    if (this.#isClosing) {
      return Promise.reject(
        new Error("Cannot append to the journal: it is closed"),
      );
    }
    const sizes = operations.map(sizeOf);
    const rows = sizes.reduce((sum, { rows }) => sum + rows, 0);
    const chars = sizes.reduce((sum, { chars }) => sum + chars, 0);
    const { promise, resolve, reject } = Promise.withResolvers<unknown[]>();
    const waiting: Waiting = { operations, rows, chars, resolve, reject };
    if (isUrgent) {
      this.#send([waiting], true);
      return promise;
    }
    // A single batch is never too long: its mail may be the only copy.
    if (this.#rows + rows > this.#waitingRows && this.#rows > 0) {
      return Promise.reject(tooManyWaiting(this.#waitingRows, rows));
    }
    this.#waiting.push(waiting);
    const { spool, clock } = this.#options;
    if (spool !== undefined && operations.some(isOnlyCopy)) {
      waiting.cancelSpool = clock.after(SPOOL_MS, () => this.#spool(waiting));
    }
    this.#rows += rows;
    this.#schedule();
    return promise;
  }

  /** Resolves once everything that was acknowledged before is applied. Callers share a barrier until it is sent. */
  settle(): Promise<void> {
    if (this.#barrier !== undefined) return this.#barrier;
    const barrier = this.write([{ type: "barrier" }]).then(() => {});
    barrier.catch(() => {
      if (this.#barrier === barrier) this.#barrier = undefined;
    });
    return this.#barrier = barrier;
  }

  /** Answers the callers of a record of this node, which was applied. */
  applied({ number, results }: AppliedRecord): void {
    const sent = this.#sent.get(number);
    if (sent === undefined) return;
    this.#sent.delete(number);
    sent.cancel?.();
    const { clock, onAppend } = this.#options;
    onAppend?.((clock.now() - sent.sentAt) / 1000);
    this.#appendFailure = this.#reported = undefined;
    let place = 0;
    for (const write of sent.writes) {
      const { operations, resolve, reject } = write;
      write.cancelSpool?.();
      if (write.spooled !== undefined) this.#unspool(write.spooled);
      const own = results.slice(place, place += operations.length);
      const refused = own.find(({ error }) => error !== undefined);
      if (refused === undefined) resolve(own.map(({ value }) => value));
      else reject(refused.error);
    }
    this.#schedule();
    if (this.#sent.size === 0 && this.#waiting.length === 0) this.#onIdle?.();
  }

  /** Writes records again that this node has not seen, although it has applied the log up to where they should be. */
  passed(applied: number): void {
    for (const [number, sent] of this.#sent) {
      const index = lastIndexOf(sent);
      if (index === undefined || index > applied) continue;
      sent.indexes.fill(undefined);
      this.#retry(
        number,
        sent,
        new Error(
          `Cannot find record ${number} in the log: its servers acknowledged it at index ${index}, and have another one there. It is written again.`,
        ),
      );
    }
  }

  /** Rejects everything that waits, and everything from now on. */
  stop(error: Error): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = error;
    this.#cancelTurn?.();
    this.#cancelWait?.();
    for (const { cancel, writes } of this.#sent.values()) {
      cancel?.();
      for (const { reject, cancelSpool } of writes) {
        cancelSpool?.();
        reject(error);
      }
    }
    for (const { reject, cancelSpool } of this.#waiting) {
      cancelSpool?.();
      reject(error);
    }
    this.#sent.clear();
    this.#waiting = [];
    this.#rows = 0;
    this.#onIdle?.();
  }

  /** Waits until everything is applied, at most so many milliseconds, and rejects what is not. */
  async close(mostMs: number): Promise<void> {
    this.#isClosing = true;
    if (this.#sent.size > 0 || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.clock.after(mostMs, resolve);
        this.#onIdle = () => {
          cancel();
          resolve();
        };
      });
    }
    this.stop(new Error("Cannot append to the journal: it is closed"));
  }

  #schedule(): void {
    if (this.#stopped !== undefined || this.#waiting.length === 0) return;
    const { defer = atEndOfTurn } = this.#options;
    this.#cancelTurn ??= defer(() => {
      this.#cancelTurn = undefined;
      this.#fill();
    });
  }

  /** Sends what waits, as far as the window allows. */
  #fill(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    while (this.#waiting.length > 0) {
      const open = [...this.#sent.values()]
        .filter((sent) => !sent.isUrgent && lastIndexOf(sent) === undefined);
      const last = open.at(-1);
      if (open.length >= WINDOW) return;
      const leftMs = this.#rows < WORTHWHILE_ROWS ? this.#waitMs(last) : 0;
      if (leftMs > 0) {
        const { clock } = this.#options;
        this.#cancelWait = clock.after(leftMs, () => this.#schedule());
        return;
      }
      this.#send(this.#next());
    }
  }

  /** How long few rows wait, in milliseconds. @param open The last record that is not acknowledged. */
  #waitMs(open: Sent | undefined): number {
    const { clock, gapMs = () => 0 } = this.#options;
    const now = clock.now();
    const passedMs = now - this.#sentAt;
    // The clock can be set back.
    const gapLeftMs = passedMs < 0 ? 0 : gapMs() - passedMs;
    return open === undefined
      ? gapLeftMs
      : Math.max(gapLeftMs, open.sentAt + WAIT_MS - now);
  }

  #next(): Waiting[] {
    let rows = 0;
    let chars = 0;
    let count = 0;
    for (const write of this.#waiting) {
      rows += write.rows;
      chars += write.chars;
      if (count > 0 && (rows > RECORD_ROWS || chars > RECORD_CHARS)) break;
      this.#rows -= write.rows;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  #send(writes: readonly Waiting[], isUrgent = false): void {
    const { node, clock, seen, version, encode } = this.#options;
    const operations = writes.flatMap(({ operations }) => operations);
    if (operations.some(({ type }) => type === "barrier")) {
      this.#barrier = undefined;
    }
    const number = ++this.#number;
    const at = this.#sentAt = clock.now();
    const record = { node, number, at, seen: seen(), operations };
    const text = formatRecord(record, version());
    const messages = encode(number, text);
    const sent: Sent = {
      writes,
      messages,
      sentAt: at,
      isUrgent,
      attempt: 0,
      indexes: messages.map(() => undefined),
      cancel: undefined,
    };
    this.#sent.set(number, sent);
    // Before it can be in the log: it must not be written again under another number.
    for (const { spooled } of writes) {
      if (spooled !== undefined) this.#keep(spooled, { messages });
    }
    this.#append(number, sent);
  }

  /** Keeps a write on disk that the log has not taken in time. */
  #spool(write: Waiting): void {
    const { node, clock, seen } = this.#options;
    const id = `${node}/${String(++this.#spooled).padStart(9, "0")}`;
    write.spooled = id;
    const sent = [...this.#sent.values()].find(({ writes }) =>
      writes.includes(write)
    );
    const record = { node, number: 0, at: clock.now(), seen: seen() };
    this.#keep(
      id,
      sent ?? {
        text: formatRecord({ ...record, operations: write.operations }),
      },
    );
  }

  #keep(id: string, write: SpooledWrite): void {
    try {
      this.#options.spool?.keep(id, write);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #unspool(id: string): void {
    try {
      this.#options.spool?.drop(id);
    } catch (error) {
      // Replayed at the next start, under the id that the log has.
      this.#options.onError(error);
    }
  }

  /** Appends the messages of a record, again and again until they are acknowledged or applied. */
  #append(number: number, sent: Sent): void {
    const { append, seen } = this.#options;
    const { messages, indexes } = sent;
    const attempt = sent.attempt++;
    const appending = messages.map(async (message, nth) => {
      indexes[nth] ??= await append(message, attempt);
    });
    void Promise.allSettled(appending).then((results) => {
      if (this.#sent.get(number) !== sent) return;
      const failed = results.find(({ status }) => status === "rejected");
      if (failed?.status === "rejected") {
        return this.#retry(number, sent, failed.reason);
      }
      this.passed(seen().index);
      this.#schedule();
    });
  }

  #retry(number: number, sent: Sent, error: Error): void {
    this.#appendFailure = error;
    if (this.#reported !== String(error)) {
      this.#reported = String(error);
      this.#options.onError(error);
    }
    sent.cancel = this.#options.clock.after(
      RETRY_MS,
      () => this.#append(number, sent),
    );
  }
}

/** Index up to which a follower has seen a whole record; undefined while it is not acknowledged. */
function lastIndexOf({ indexes }: Sent): number | undefined {
  let last = 0;
  for (const index of indexes) {
    if (index === undefined) return undefined;
    last = Math.max(last, index);
  }
  return last;
}

/** Whether an operation is mail that its server does not send again. */
function isOnlyCopy(operation: Operation): boolean {
  return operation.type === "batch" && operation.drafts.length > 0 &&
    operation.poll !== undefined && operation.poll.repeats !== true;
}

function atEndOfTurn(act: () => void): () => void {
  const turn = setImmediate(act);
  return () => clearImmediate(turn);
}
