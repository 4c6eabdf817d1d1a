/** Acts on the store, together where a commit costs. @module */

import type { Clock } from "../../clock.ts";
import type { MailItem } from "../../protocol/mailbox.ts";
import { nextTurn } from "../../turn.ts";
import type { Store } from "./store.ts";

/** Most acts in one transaction: the event loop is blocked so long. */
const MOST_ACTS = 200;

/** How long an act that waits for the commit of others waits at most, in milliseconds. */
const JOIN_MS = 10;

/** The transaction that an act runs in. */
export class Batch {
  /** Whose mailboxes got something. */
  readonly touched: Set<string> = new Set();
  #store: Store;
  #after: (() => void)[] = [];
  #undo: (() => void)[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  /** Puts an item into a mailbox. */
  deliver(uin: string, item: MailItem): void {
    this.#store.addMail(uin, item);
    this.touched.add(uin);
  }

  /** What to do once all is durable. */
  after(run: () => void): void {
    this.#after.push(run);
  }

  /** How to take back, in memory, what the act has changed there, where the commit fails. */
  undo(run: () => void): void {
    this.#undo.push(run);
  }

  /** The transaction was committed, or not. */
  end(committed: boolean): void {
    if (committed) { for (const run of this.#after) run(); }
    else while (this.#undo.length > 0) this.#undo.pop()!();
  }
}

/** The act was not stored, so it must not be reported as done. */
export class UncommittedError extends Error {
  /** Creates an error. @param cause The store's error, if it gave one. */
  constructor(cause?: unknown) {
    super("Cannot act: the store did not commit", { cause });
    this.name = "UncommittedError";
  }
}

interface Entry {
  act: (batch: Batch) => unknown;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** Options of the batches of a store. */
export interface BatchesOptions {
  /** The store that is changed. */
  store: Store;
  /** Source of time and timers; tests pass a fake. */
  clock: Clock;
  /** Most acts that wait for a commit. */
  most: number;
  /** Hands new mail to a poll that waits for it, inside the transaction. */
  serve: (uin: string, batch: Batch) => void;
  /** Called with the error of each act that fails. */
  onError: (error: unknown) => void;
}

/**
 * Runs acts in transactions. Acts of one turn of the event loop share one
 * where the store's commits cost; an act that throws takes only itself down, a
 * commit that fails all of its batch.
 */
export class Batches {
  #options: BatchesOptions;
  #queue: Entry[] = [];
  /** Cancels the next commit; undefined if none is due. */
  #cancel: (() => void) | undefined;
  /** Whether the next commit is due only after {@linkcode JOIN_MS}. */
  #isLater = false;

  constructor(options: BatchesOptions) {
    this.#options = options;
  }

  /** Runs an act, and resolves to its result when that is durable. Rejects with {@linkcode UncommittedError}. */
  run<T>(act: (batch: Batch) => T): Promise<Awaited<T>> {
    return this.#add(act, false);
  }

  /** The same for an act that nobody waits for: it runs with the next act that somebody waits for, or soon. */
  join<T>(act: (batch: Batch) => T): Promise<Awaited<T>> {
    return this.#add(act, true);
  }

  /** Runs now what waits. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    while (this.#queue.length > 0) this.#commit(this.#next());
  }

  #add<T>(
    act: (batch: Batch) => T,
    isLater: boolean,
  ): Promise<Awaited<T>> {
    return new Promise((resolve, reject) => {
      const entry = { act, resolve, reject } as Entry;
      if (!this.#options.store.sharesCommits) return this.#commit([entry]);
      if (this.#queue.length >= this.#options.most) {
        return reject(new UncommittedError());
      }
      this.#queue.push(entry);
      this.#schedule(isLater);
    });
  }

  #schedule(isLater: boolean): void {
    if (this.#cancel !== undefined && (isLater || !this.#isLater)) return;
    this.#cancel?.();
    const run = () => {
      this.#cancel = undefined;
      this.#commit(this.#next());
      if (this.#queue.length > 0) this.#schedule(false);
    };
    this.#isLater = isLater;
    this.#cancel = isLater
      ? this.#options.clock.after(JOIN_MS, run)
      : nextTurn(run);
  }

  #next(): Entry[] {
    return this.#queue.splice(0, MOST_ACTS);
  }

  #commit(entries: Entry[], again = false): void {
    const { store, serve, onError } = this.#options;
    const batch = new Batch(store);
    let running: Entry | undefined;
    let results: unknown[];
    try {
      results = store.transaction(() => {
        const done = entries.map((entry) => (running = entry).act(batch));
        running = undefined;
        for (const uin of batch.touched) serve(uin, batch);
        return done;
      });
    } catch (error) {
      batch.end(false);
      onError(error);
      // Once only: a store that fails for every act must not be asked a hundred times.
      const others = running === undefined || again
        ? []
        : entries.filter((entry) => entry !== running);
      for (const entry of entries) {
        if (!others.includes(entry)) entry.reject(new UncommittedError(error));
      }
      if (others.length > 0) this.#commit(others, true);
      return;
    }
    batch.end(true);
    entries.forEach(({ resolve }, index) => resolve(results[index]));
  }
}
