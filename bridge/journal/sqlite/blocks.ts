/** Blocks of positions, by which events are indexed. @module */

import type { SqlSource, SqlStatement } from "../../sqlite/sql_database.ts";

/**
 * Low bits of a position that do not count for its block: 2,048 events. An index
 * by account alone is written in as many pages as a transaction has accounts, and
 * read again by retention; one by block and account in the few pages of the last
 * block. A larger block has more pages, and more smaller ones take longer to
 * look through for an account with few events.
 */
export const BLOCK_BITS = 11;

const BLOCK_EVENTS = 2 ** BLOCK_BITS;

/** A block of positions. */
export interface Block {
  readonly number: number;
  /** Its first and last positions, whether they have events or not. */
  readonly first: number;
  readonly last: number;
}

/** Finds the blocks that have events; between them, there may be millions that have none. */
export class Blocks {
  readonly #next: SqlStatement;
  readonly #previous: SqlStatement;

  constructor(database: SqlSource) {
    this.#next = database.prepare(
      "SELECT seq FROM events WHERE seq > ? ORDER BY seq LIMIT 1",
    );
    this.#previous = database.prepare(
      "SELECT seq FROM events WHERE seq < ? ORDER BY seq DESC LIMIT 1",
    );
  }

  /** The position of the first event after a position; undefined if there is none. */
  next(seq: number): number | undefined {
    return this.#next.get(seq)?.["seq"] as number | undefined;
  }

  /** The block after a position, and all with events behind it, up to another position. */
  *after(seq: number, last: number): Iterable<Block> {
    for (
      let next: number | undefined = seq + 1;
      next !== undefined && next <= last;
    ) {
      const block = blockOf(next);
      yield block;
      next = this.next(block.last);
    }
  }

  /** The blocks with events before a position, descending. */
  *before(seq: number): Iterable<Block> {
    for (;;) {
      const previous = this.#previous.get(seq)?.["seq"] as number | undefined;
      if (previous === undefined) return;
      const block = blockOf(previous);
      yield block;
      seq = block.first;
    }
  }
}

function blockOf(seq: number): Block {
  const number = Math.floor(seq / BLOCK_EVENTS);
  const first = number * BLOCK_EVENTS;
  return { number, first, last: first + BLOCK_EVENTS - 1 };
}
