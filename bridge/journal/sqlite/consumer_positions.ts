/** Positions of consumers: reads from memory, writes through the group commit. @module */

import { checkCount } from "../draft.ts";
import type { ConsumerRows } from "./consumer_rows.ts";
import type { Write } from "./group_commit.ts";
import type { JournalWrites } from "./journal_writes.ts";

/** What writing positions needs of the journal. */
export interface ConsumerPositionsOptions {
  readonly rows: ConsumerRows;
  readonly writes: JournalWrites;
  /** Current time, in milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves once a write is durable; rejects if the journal is closed. */
  readonly submit: (write: Write<void>) => Promise<void>;
}

/** Changes positions, so that each change is durable when its promise resolves. */
export class ConsumerPositions {
  readonly #rows: ConsumerRows;
  readonly #writes: JournalWrites;
  readonly #now: () => number;
  readonly #submit: (write: Write<void>) => Promise<void>;

  constructor({ rows, writes, now, submit }: ConsumerPositionsOptions) {
    this.#rows = rows;
    this.#writes = writes;
    this.#now = now;
    this.#submit = submit;
  }

  /** Whether a position is stored already, so that it needs no write. */
  isStored(consumer: string, seq: number): boolean {
    const rows = this.#rows;
    return seq <= (rows.get(consumer) ?? -1) && !rows.isResetting(consumer);
  }

  /** Moves a position forward. */
  set(consumer: string, seq: number): Promise<void> {
    return this.#submit(this.#writes.setPosition(consumer, seq, this.#now));
  }

  /** Moves a position, also back. */
  async reset(consumer: string, seq: number): Promise<void> {
    checkCount("a consumer's position", seq);
    const end = this.#rows.beginReset(consumer);
    try {
      await this.#submit(this.#writes.resetPosition(consumer, seq, this.#now));
    } finally {
      end();
    }
  }

  /** Stores when clients of consumers were connected. */
  async see(consumers: readonly string[], at: number): Promise<void> {
    checkCount("when a consumer was seen", at);
    await this.#submit(this.#writes.see(consumers, at));
  }

  async drop(consumer: string): Promise<void> {
    const end = this.#rows.beginReset(consumer);
    try {
      await this.#submit(this.#writes.dropPosition(consumer));
    } finally {
      end();
    }
  }
}
