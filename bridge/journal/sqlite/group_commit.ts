/** Group commit of the journal. @module */

import type { StoredEvent } from "../event.ts";
import { MAX_GROUP_ROWS, tooManyWaiting } from "../limits.ts";

/**
 * Number of transactions that may follow each other without a gap, if there were
 * none for as many gaps before. Messages that arrive together reach a journal
 * within a millisecond, but not in one turn: the timer of the gap, which takes
 * 2 ms at least, would delay most of them for nothing.
 */
export const TRANSACTIONS_IN_A_ROW = 5;

/** A write that waits for its transaction. */
export interface Write<T> {
  /** Number of rows that it writes. */
  readonly rows: number;
  /**
   * Prepares the write before the transaction. What it throws rejects this
   * write only. Called again if the transaction is repeated.
   *
   * @param head Position of the last event before its own.
   */
  prepare(head: number): Prepared<T>;
}

export interface Prepared<T> {
  /** Events that it writes. */
  readonly events: readonly StoredEvent[];
  store(): void;
  /** Called when it is durable: updates what is kept in memory, and returns the result. */
  done(): T;
}

/** What a group commit needs of its journal. */
export interface GroupTarget {
  /** Maximum number of waiting rows. */
  readonly waitingRows: number;
  /** Minimum mean time from one transaction's begin to the next one's, in milliseconds. */
  readonly gapMs: number;
  /** Position of the last durable event. */
  head(): number;
  /** Runs a function in one transaction. */
  transaction(act: () => void): void;
  /** Called with events that became durable, before any caller is notified. */
  committed(events: readonly StoredEvent[]): void;
  /** Whether an error means that nothing can be written. */
  isFatal(error: unknown): boolean;
  /** Called when a transaction failed with such an error. Returns the error for the callers. */
  failed(error: unknown): Error;
}

interface Waiting {
  readonly write: Write<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * Writes everything that arrives in one turn of the event loop in one
 * transaction, and under load everything that arrives within a gap. Each caller
 * is notified once its write is durable.
 */
export class GroupCommit {
  readonly #target: GroupTarget;
  #waiting: Waiting[] = [];
  #rows = 0;
  /** Cancels the next transaction; undefined if none is due. */
  #cancel: (() => void) | undefined;
  /** Whether the next transaction is due only after the gap. */
  #isLater = false;
  /** When the next transaction would begin if all were a gap apart, as `performance.now()` has it. */
  #dueAt = -Infinity;

  constructor(target: GroupTarget) {
    this.#target = target;
  }

  /** Writes at the end of the turn, or once the gap is over. Resolves once that is durable. */
  submit<T>(write: Write<T>): Promise<T> {
    const { waitingRows } = this.#target;
    // A single batch is never too long: its mail may be the only copy.
    if (this.#rows + write.rows > waitingRows && this.#rows > 0) {
      return Promise.reject(tooManyWaiting(waitingRows, write.rows));
    }
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push({
      write,
      resolve: resolve as (value: unknown) => void,
      reject,
    });
    this.#rows += write.rows;
    this.#schedule();
    return promise;
  }

  /** Writes everything that waits now. */
  flush(): void {
    while (this.#waiting.length > 0) this.#commit(this.#next());
    this.#cancel?.();
    this.#cancel = undefined;
  }

  // One transaction a turn, so that sockets are served in between.
  #schedule(): void {
    const isFull = this.#rows >= MAX_GROUP_ROWS;
    const isSooner = this.#isLater && isFull;
    if (this.#cancel !== undefined && !isSooner) return;
    this.#cancel?.();
    const run = () => {
      this.#cancel = undefined;
      const group = this.#next();
      this.#begin(performance.now());
      if (this.#waiting.length > 0) this.#schedule();
      this.#commit(group);
    };
    const ahead = (TRANSACTIONS_IN_A_ROW - 1) * this.#target.gapMs;
    const waitMs = this.#dueAt - ahead - performance.now();
    this.#isLater = waitMs >= 1 && !isFull;
    if (this.#isLater) {
      const timer = setTimeout(run, waitMs);
      this.#cancel = () => clearTimeout(timer);
    } else {
      const turn = setImmediate(run);
      this.#cancel = () => clearImmediate(turn);
    }
  }

  /** Full transactions have no gap, but the one after them waits no longer than one. */
  #begin(now: number): void {
    const { gapMs } = this.#target;
    this.#dueAt = Math.min(
      Math.max(this.#dueAt, now) + gapMs,
      now + TRANSACTIONS_IN_A_ROW * gapMs,
    );
  }

  #next(): Waiting[] {
    let rows = 0;
    let count = 0;
    for (const { write } of this.#waiting) {
      if (count > 0 && rows + write.rows > MAX_GROUP_ROWS) break;
      rows += write.rows;
      count++;
    }
    this.#rows -= rows;
    return this.#waiting.splice(0, count);
  }

  #commit(group: readonly Waiting[]): void {
    const { ready, events } = this.#prepare(group);
    if (ready.length === 0) return;
    try {
      this.#target.transaction(() => {
        for (const { prepared } of ready) prepared.store();
      });
    } catch (error) {
      return this.#failed(ready.map(({ waiting }) => waiting), error);
    }
    const answers = ready.map(({ prepared }) => prepared.done());
    this.#target.committed(events);
    for (const [index, { waiting }] of ready.entries()) {
      waiting.resolve(answers[index]);
    }
  }

  #prepare(group: readonly Waiting[]) {
    const ready: { waiting: Waiting; prepared: Prepared<unknown> }[] = [];
    const events: StoredEvent[] = [];
    for (const waiting of group) {
      try {
        const head = this.#target.head() + events.length;
        const prepared = waiting.write.prepare(head);
        ready.push({ waiting, prepared });
        for (const event of prepared.events) events.push(event);
      } catch (error) {
        waiting.reject(error);
      }
    }
    return { ready, events };
  }

  #failed(group: readonly Waiting[], error: unknown): void {
    if (this.#target.isFatal(error)) {
      const failure = this.#target.failed(error);
      for (const { reject } of group) reject(failure);
    } else if (group.length === 1) {
      group[0]!.reject(error);
    } else {
      // One of them is invalid: it must not make the others fail.
      for (const waiting of group) this.#commit([waiting]);
    }
  }
}
