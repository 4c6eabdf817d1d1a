/** Acts on the store, together where a commit costs. @module */

import type { MailItem } from "../../protocol/mailbox.ts";
import { nextTurn } from "../../turn.ts";
import type { Store } from "./store.ts";

/** Most acts in one transaction: the event loop is blocked so long. */
const MOST_ACTS = 200;

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
  #scheduled = false;

  constructor(options: BatchesOptions) {
    this.#options = options;
  }

  /** Runs an act, and resolves to its result when that is durable. Rejects with {@linkcode UncommittedError}. */
  run<T>(act: (batch: Batch) => T): Promise<Awaited<T>> {
    return new Promise((resolve, reject) => {
      const entry = { act, resolve, reject } as Entry;
      if (!this.#options.store.sharesCommits) return this.#commit([entry]);
      if (this.#queue.length >= this.#options.most) {
        return reject(new UncommittedError());
      }
      this.#queue.push(entry);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    nextTurn(() => {
      this.#scheduled = false;
      this.#commit(this.#queue.splice(0, MOST_ACTS));
      if (this.#queue.length > 0) this.#schedule();
    });
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
