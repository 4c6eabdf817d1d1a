/** Blocks of positions, by which events are indexed. @module */

import type { SqlSource, SqlStatement } from "../../sqlite/sql_database.ts";
import { asInteger, cellOf } from "./cells.ts";

/**
 * Low bits of a position that do not count for its block: 4,096 events. An index
 * by account alone is written in as many pages as a transaction has accounts, and
 * again by retention; one by block and account in the few pages of the last
 * block. A larger block has more pages, and with smaller ones a row for each
 * account and block is written more often.
 */
export const BLOCK_BITS = 12;

const BLOCK_EVENTS = 2 ** BLOCK_BITS;

/** A block of positions. */
export interface Block {
  readonly number: number;
  readonly first: number;
  readonly last: number;
}

const SQL = {
  put: `INSERT OR IGNORE INTO account_blocks (account, block)
    VALUES (${asInteger("?1")}, ?2)`,
  next: `SELECT min((SELECT block FROM account_blocks
      WHERE account = value AND block >= ?2 ORDER BY block LIMIT 1)) AS block
    FROM json_each(?1)`,
  previous: `SELECT block FROM account_blocks
    WHERE account = ? AND block <= ? ORDER BY block DESC LIMIT 1`,
  // One statement skips all blocks without the party: there may be thousands. The
  // unary + removes the column's affinity, with which SQLite uses no index here.
  previousWith: `SELECT block FROM account_blocks
    WHERE account = ?1 AND block <= ?2 AND EXISTS (
      SELECT 1 FROM events INDEXED BY events_party
      WHERE seq >> ${BLOCK_BITS} = +block AND account = ?1 AND party = ?3)
    ORDER BY block DESC LIMIT 1`,
  dropBefore: "DELETE FROM account_blocks WHERE account = ? AND block < ?",
} as const;

/** The blocks in which each account has events, so that the others are skipped. */
export class AccountBlocks {
  readonly #statements: Readonly<Record<keyof typeof SQL, SqlStatement>>;
  /** The last block, and the accounts that have a row for it. */
  #last = -1;
  readonly #stored = new Set<string>();

  constructor(database: SqlSource) {
    this.#statements = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof SQL, SqlStatement>;
  }

  /** Stores that an account has an event at a position, in the event's transaction. */
  store(account: string, seq: number): void {
    const { number } = blockOf(seq);
    if (number !== this.#last) {
      this.#last = number;
      this.#stored.clear();
    }
    if (this.#stored.has(account)) return;
    this.#statements.put.run(cellOf(account), number);
    this.#stored.add(account);
  }

  /** Called after a transaction failed: what it stored is not there. */
  rolledBack(): void {
    this.#stored.clear();
  }

  /**
   * Drops an account's blocks that have no events any more, in the transaction
   * that trims them.
   *
   * @param seq Position of its last trimmed event.
   * @param isAll Whether it has no other events.
   */
  trim(account: string, seq: number, isAll: boolean): void {
    const { number } = blockOf(seq);
    this.#statements.dropBefore.run(
      cellOf(account),
      isAll ? number + 1 : number,
    );
    if (isAll) this.#stored.delete(account);
  }

  /**
   * The block after a position, whether it has events or not, and all behind it
   * in which one of some accounts has events, up to another position.
   *
   * @param cells Cells of the accounts, as JSON.
   */
  *after(cells: string, seq: number, last: number): Iterable<Block> {
    if (seq >= last) return;
    for (let block = blockOf(seq + 1); block.first <= last;) {
      yield block;
      if (block.last >= last) return;
      const next = this.#statements.next.get(cells, block.number + 1);
      if (typeof next?.["block"] !== "number") return;
      block = blockAt(next["block"]);
    }
  }

  /** The blocks in which an account has events, with a party if it is given, before a position, descending. */
  *before(account: string, seq: number, party?: string): Iterable<Block> {
    const { previous, previousWith } = this.#statements;
    const cell = cellOf(account);
    for (let { number } = blockOf(seq - 1);; number--) {
      const row = party === undefined
        ? previous.get(cell, number)
        : previousWith.get(cell, number, cellOf(party));
      if (row === undefined) return;
      number = row["block"] as number;
      yield blockAt(number);
    }
  }
}

function blockOf(seq: number): Block {
  return blockAt(Math.floor(seq / BLOCK_EVENTS));
}

function blockAt(number: number): Block {
  const first = number * BLOCK_EVENTS;
  return { number, first, last: first + BLOCK_EVENTS - 1 };
}
