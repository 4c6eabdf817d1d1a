/** Positions of consumers: reads from memory, writes through the group commit. @module */

import { checkCount } from "../draft.ts";
import type { ConsumerRows } from "./consumer_rows.ts";
import type { Prepared, Write } from "./group_commit.ts";

/** What writing positions needs of the journal. */
export interface ConsumerPositionsOptions {
  readonly rows: ConsumerRows;
  /** Current time, in milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves once a write is durable; rejects if the journal is closed. */
  readonly submit: (write: Write<void>) => Promise<void>;
}

/** Changes positions, so that each change is durable when its promise resolves. */
export class ConsumerPositions {
  readonly #rows: ConsumerRows;
  readonly #now: () => number;
  readonly #submit: (write: Write<void>) => Promise<void>;

  constructor({ rows, now, submit }: ConsumerPositionsOptions) {
    this.#rows = rows;
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
    const rows = this.#rows;
    return this.#write(consumer, {
      store: () => rows.put(consumer, seq, this.#now()),
      done: () => rows.stored(consumer, seq, this.#now()),
    });
  }

  /** Moves a position, also back. */
  async reset(consumer: string, seq: number): Promise<void> {
    checkCount("a consumer's position", seq);
    const rows = this.#rows;
    const end = rows.beginReset(consumer);
    try {
      await this.#write(consumer, {
        store: () => rows.reset(consumer, seq, this.#now()),
        done: () => rows.wasReset(consumer, seq, this.#now()),
      });
    } finally {
      end();
    }
  }

  /** Stores when clients of consumers were connected. */
  async see(consumers: readonly string[], at: number): Promise<void> {
    checkCount("when a consumer was seen", at);
    const rows = this.#rows;
    await this.#submit({
      rows: consumers.length,
      prepare: () => ({
        events: [],
        store: () => rows.see(consumers, at),
        done: () => rows.seen(consumers, at),
      }),
    });
  }

  async drop(consumer: string): Promise<void> {
    const rows = this.#rows;
    const end = rows.beginReset(consumer);
    try {
      await this.#submit({
        rows: 1,
        prepare: () => ({
          events: [],
          store: () => rows.drop(consumer),
          done: () => rows.dropped(consumer),
        }),
      });
    } finally {
      end();
    }
  }

  /** Writes one position, if the consumer has one or may get one. */
  #write(
    consumer: string,
    change: Pick<Prepared<void>, "store" | "done">,
  ): Promise<void> {
    return this.#submit({
      rows: 1,
      prepare: () => {
        this.#rows.assertRoom(consumer);
        return { events: [], ...change };
      },
    });
  }
}
