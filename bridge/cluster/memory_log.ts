/** A log in memory whose network can fail, for tests and simulations. @module */

import type { Clock } from "../../lib/clock.ts";
import {
  APPEND_TIMEOUT_MS,
  digestOf,
  findLoss,
  FOUND_ID,
  LogClosedError,
  LogFullError,
  type LogInfo,
  type LogLostError,
  type LogMark,
  type LogRecord,
  LogTimeoutError,
  type ReplicatedLog,
} from "./replicated_log.ts";

/** For how long an attempt is remembered, so that its second record is dropped. */
const DUPLICATE_WINDOW_MS = 120_000;

/** Options of a {@linkcode MemoryStream}. */
export interface MemoryStreamOptions {
  readonly clock: Clock;
  /**
   * Size of all records at which more are refused, in bytes.
   *
   * @default {Infinity}
   */
  readonly maxBytes?: number;
}

/** What all nodes share: the records, as the servers of a real log keep them. */
export class MemoryStream {
  readonly clock: Clock;
  /** Size at which records are refused; can be changed, to fill the log or to make space. */
  maxBytes: number;
  #isDown = false;
  #generation = 1;
  #records: LogRecord[] = [];
  #last = 0;
  #bytes = 0;
  /** When and where each attempt was stored. */
  #attempts = new Map<string, { at: number; index: number }>();
  readonly #listeners = new Set<() => void>();

  constructor(options: MemoryStreamOptions) {
    this.clock = options.clock;
    this.maxBytes = options.maxBytes ?? Infinity;
  }

  /** Whether no server answers: appends are not stored, and nothing is delivered. */
  get isDown(): boolean {
    return this.#isDown;
  }

  set isDown(isDown: boolean) {
    this.#isDown = isDown;
    this.notify();
  }

  /** All kept records in order. */
  get records(): readonly LogRecord[] {
    return this.#records;
  }

  get info(): LogInfo {
    const first = this.#records.find(({ id }) => id !== FOUND_ID);
    return {
      created: `memory-${this.#generation}`,
      first: first?.index ?? this.#last + 1,
      last: this.#last,
      bytes: this.#bytes,
      ...Number.isFinite(this.maxBytes) ? { maxBytes: this.maxBytes } : {},
    };
  }

  /** Stores a record, unless it has the attempt. Returns its index. Throws LogFullError if there is no space. */
  store(bytes: Uint8Array, id: string, attempt = 0): number {
    const at = this.clock.now();
    const name = `${id}~${attempt}`;
    const known = this.#attempts.get(name);
    if (known !== undefined && at - known.at < DUPLICATE_WINDOW_MS) {
      return known.index;
    }
    if (this.#bytes + bytes.length > this.maxBytes) {
      throw new LogFullError(
        `Cannot append the record: the log holds at most ${this.maxBytes} bytes`,
      );
    }
    const index = ++this.#last;
    this.#attempts.set(name, { at, index });
    this.#bytes += bytes.length;
    this.#records.push({ index, id, bytes: bytes.slice() });
    this.notify();
    return index;
  }

  /** The records after an index. */
  after(index: number): LogRecord[] {
    let from = this.#records.length;
    while (from > 0 && this.#records[from - 1]!.index > index) from--;
    return this.#records.slice(from);
  }

  /** The record with an index, if it is kept. */
  at(index: number): LogRecord | undefined {
    return this.after(index - 1).find((record) => record.index === index);
  }

  /** Deletes the records up to an index, the founding one aside. */
  purge(upTo: number): void {
    this.#keep(({ index, id }) => index > upTo || id === FOUND_ID);
  }

  /** Loses the records after an index, as servers do that a power cut put back. */
  rollBack(to: number): void {
    this.#keep(({ index }) => index <= to);
    this.#last = Math.min(this.#last, to);
    for (const [name, { index }] of this.#attempts) {
      if (index > to) this.#attempts.delete(name);
    }
    this.notify();
  }

  /** Deletes everything and begins again at index 1. */
  recreate(): void {
    this.#generation++;
    this.#last = 0;
    this.#attempts.clear();
    this.#keep(() => false);
    this.notify();
  }

  /** Calls a listener after each change. Returns a function that removes it. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes every follower look again. */
  notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #keep(isKept: (record: LogRecord) => boolean): void {
    this.#records = this.#records.filter(isKept);
    this.#bytes = this.#records.reduce(
      (sum, { bytes }) => sum + bytes.length,
      0,
    );
  }
}

/** Options of a {@linkcode MemoryLog}. */
export interface MemoryLogOptions {
  /**
   * Returns how long the next message takes in one direction, in milliseconds.
   * Messages that take long arrive after later ones, also after `close`.
   *
   * @default {() => 0}
   */
  readonly delayMs?: () => number;
  /**
   * Returns whether the next acknowledgement gets lost.
   *
   * @default {() => false}
   */
  readonly isAckLost?: () => boolean;
}

/** One node's connection to a {@linkcode MemoryStream}. */
export class MemoryLog implements ReplicatedLog {
  readonly #stream: MemoryStream;
  readonly #delayMs: () => number;
  readonly #isAckLost: () => boolean;
  readonly #followers = new Set<MemoryFollower>();
  readonly #pending = new Set<(error: Error) => void>();
  #isCut = false;
  #isClosed = false;

  constructor(stream: MemoryStream, options: MemoryLogOptions = {}) {
    this.#stream = stream;
    this.#delayMs = options.delayMs ?? (() => 0);
    this.#isAckLost = options.isAckLost ?? (() => false);
  }

  /** Whether this node cannot reach the log. Messages that are on their way get lost. */
  get isCut(): boolean {
    return this.#isCut;
  }

  set isCut(isCut: boolean) {
    this.#isCut = isCut;
    if (!isCut) this.#stream.notify();
  }

  append(record: Uint8Array, id: string, attempt = 0): Promise<number> {
    const bytes = record.slice();
    return this.#send((resolve, reject) => {
      let index: number;
      try {
        index = this.#stream.store(bytes, id, attempt);
      } catch (error) {
        return reject(error as Error);
      }
      if (!this.#isAckLost()) this.#later(() => resolve(index));
    });
  }

  async found(record: Uint8Array): Promise<boolean> {
    const isFirst = await this.#ask(() => {
      const isMissing = !this.#stream.records.some(({ id }) => id === FOUND_ID);
      if (isMissing) this.#stream.store(record, FOUND_ID);
      return isMissing;
    });
    return isFirst;
  }

  readFound(): Promise<LogRecord | undefined> {
    return this.#ask(() =>
      this.#stream.records.find(({ id }) => id === FOUND_ID)
    );
  }

  follow(
    after: number | LogMark,
    onRecords: (records: readonly LogRecord[]) => void | Promise<void>,
    onLost: (error: LogLostError) => void,
  ): Promise<() => Promise<void>> {
    const mark = typeof after === "number" ? { index: after } : after;
    const follower = new MemoryFollower(
      this.#stream,
      mark,
      onRecords,
      onLost,
      this.#delayMs,
      () => this.#isOpen(),
    );
    this.#followers.add(follower);
    return Promise.resolve(() => {
      this.#followers.delete(follower);
      follower.stop();
      return Promise.resolve();
    });
  }

  info(): Promise<LogInfo> {
    return this.#ask(() => this.#stream.info);
  }

  lag(): number {
    return Math.max(0, ...[...this.#followers].map(({ lag }) => lag));
  }

  async first(): Promise<number> {
    return (await this.info()).first;
  }

  purge(upTo: number): Promise<void> {
    return this.#ask(() => this.#stream.purge(upTo));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const follower of this.#followers) follower.stop();
    this.#followers.clear();
    for (const reject of this.#pending) reject(closed());
    this.#pending.clear();
    return Promise.resolve();
  }

  #isOpen(): boolean {
    return !this.#isCut && !this.#stream.isDown;
  }

  #later(run: () => void): void {
    this.#stream.clock.after(this.#delayMs(), () => {
      if (this.#isOpen()) run();
    });
  }

  #ask<T>(answer: () => T): Promise<T> {
    return this.#send((resolve, reject) => {
      try {
        const value = answer();
        this.#later(() => resolve(value));
      } catch (error) {
        reject(error as Error);
      }
    });
  }

  /** Calls `arrive` when a message reaches the log, and rejects if no answer comes. */
  #send<T>(
    arrive: (
      resolve: (value: T) => void,
      reject: (error: Error) => void,
    ) => void,
  ): Promise<T> {
    if (this.#isClosed) return Promise.reject(closed());
    const isSent = this.#isOpen();
    return new Promise<T>((resolve, reject) => {
      const fail = (error: Error) => {
        settle();
        reject(error);
      };
      const cancel = this.#stream.clock.after(APPEND_TIMEOUT_MS, () =>
        fail(
          new LogTimeoutError(
            `Cannot reach the log: no answer within ${APPEND_TIMEOUT_MS} ms`,
          ),
        ));
      const settle = () => {
        cancel();
        this.#pending.delete(fail);
      };
      this.#pending.add(fail);
      if (!isSent) return;
      this.#later(() =>
        arrive((value) => {
          settle();
          resolve(value);
        }, fail)
      );
    });
  }
}

function closed(): LogClosedError {
  return new LogClosedError("Cannot use the log: the connection was closed");
}

class MemoryFollower {
  readonly #stream: MemoryStream;
  readonly #onRecords: (records: readonly LogRecord[]) => void | Promise<void>;
  readonly #onLost: (error: LogLostError) => void;
  readonly #delayMs: () => number;
  readonly #isOpen: () => boolean;
  readonly #unwatch: () => void;
  #mark: LogMark;
  #applied: number;
  #isScheduled = false;
  #isBusy = false;
  #hasStopped = false;

  constructor(
    stream: MemoryStream,
    mark: LogMark,
    onRecords: (records: readonly LogRecord[]) => void | Promise<void>,
    onLost: (error: LogLostError) => void,
    delayMs: () => number,
    isOpen: () => boolean,
  ) {
    this.#stream = stream;
    this.#mark = mark;
    this.#applied = mark.index;
    this.#onRecords = onRecords;
    this.#onLost = onLost;
    this.#delayMs = delayMs;
    this.#isOpen = isOpen;
    this.#unwatch = stream.watch(() => this.#schedule());
    this.#schedule();
  }

  get lag(): number {
    return this.#stream.after(this.#applied).length;
  }

  stop(): void {
    this.#hasStopped = true;
    this.#unwatch();
  }

  #schedule(): void {
    if (
      this.#isScheduled || this.#isBusy || this.#hasStopped || !this.#isOpen()
    ) return;
    this.#isScheduled = true;
    this.#stream.clock.after(this.#delayMs(), () => {
      this.#isScheduled = false;
      // When the cut ends, the stream notifies again.
      if (this.#isOpen() && !this.#hasStopped && !this.#isBusy) this.#deliver();
    });
  }

  #deliver(): void {
    const { info } = this.#stream;
    const known = this.#stream.at(this.#mark.index);
    const loss = findLoss(this.#mark, info, known && digestOf(known.bytes));
    if (loss !== undefined) {
      this.stop();
      return this.#onLost(loss);
    }
    const records = this.#stream.after(this.#mark.index);
    const last = records.at(-1);
    this.#mark = last === undefined
      ? { ...this.#mark, created: info.created }
      : {
        index: last.index,
        digest: digestOf(last.bytes),
        created: info.created,
      };
    if (last === undefined) return;
    const applied = this.#onRecords(records);
    if (applied === undefined) {
      this.#applied = last.index;
      return;
    }
    this.#isBusy = true;
    const goOn = () => {
      this.#applied = last.index;
      this.#isBusy = false;
      this.#schedule();
    };
    applied.then(goOn, goOn);
  }
}
