/**
 * Group commit: what arrives within one turn of the event loop shares a
 * transaction, and each caller hears when that is durable.
 *
 * @module
 */

import type { StoredEvent } from "../event.ts";
import { GROUP_ROWS, tooManyWaiting } from "../limits.ts";

/** What is to be written. */
export interface Write<T> {
  /** Rows that it makes. */
  readonly rows: number;
  /**
   * Gets ready, before the transaction; what it throws rejects this write alone.
   * Called again where a transaction is tried again.
   *
   * @param head The place of the last event before its own.
   */
  prepare(head: number): Prepared<T>;
}

/** A write that is ready. */
export interface Prepared<T> {
  /** The events that it makes. */
  readonly events: readonly StoredEvent[];
  /** Runs its statements. */
  store(): void;
  /** Called when it is durable: changes what is kept in memory, gives the answer. */
  done(): T;
}

/** What a group commit works on. */
export interface GroupTarget {
  /** Most rows that wait. */
  readonly waitingRows: number;
  /** The place of the last durable event. */
  head(): number;
  /** Runs all in one transaction. */
  transaction(act: () => void): void;
  /** Tells that these became durable; before any caller hears it. */
  committed(events: readonly StoredEvent[]): void;
  /** Whether an error means that nothing can be written at all. */
  isFatal(error: unknown): boolean;
  /** A transaction failed with such an error; gives what its callers are told. */
  failed(error: unknown): Error;
}

interface Waiting {
  readonly write: Write<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** See the module. */
export class GroupCommit {
  readonly #target: GroupTarget;
  #waiting: Waiting[] = [];
  #rows = 0;
  #turn: ReturnType<typeof setImmediate> | undefined;

  constructor(target: GroupTarget) {
    this.#target = target;
  }

  /** Writes at the end of the turn; resolves once that is durable. */
  submit<T>(write: Write<T>): Promise<T> {
    const { waitingRows } = this.#target;
    // A batch of its own is never too long: its mail may be the only copy.
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

  /** Writes all that waits, now. */
  flush(): void {
    while (this.#waiting.length > 0) this.#commit(this.#next());
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#turn = undefined;
  }

  // One transaction a turn: sockets are heard between two of a big group.
  #schedule(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      const group = this.#next();
      if (this.#waiting.length > 0) this.#schedule();
      this.#commit(group);
    });
  }

  #next(): Waiting[] {
    let rows = 0;
    let count = 0;
    for (const { write } of this.#waiting) {
      if (count > 0 && rows + write.rows > GROUP_ROWS) break;
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
      const told = this.#target.failed(error);
      for (const { reject } of group) reject(told);
    } else if (group.length === 1) {
      group[0]!.reject(error);
    } else {
      // One of them cannot be written: it must not take the others along.
      for (const waiting of group) this.#commit([waiting]);
    }
  }
}
