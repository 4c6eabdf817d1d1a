/** Stores events as rows. @module */

import type { SqlSource, SqlStatement } from "../../sqlite/sql_database.ts";
import type { EventName } from "../../../mod.ts";
import { frameText, type StoredEvent } from "../event.ts";
import type { Draft } from "../draft.ts";
import type {
  HistoryQuery,
  JournalRange,
  ReadOptions,
  ReadResult,
} from "../journal.ts";
import {
  checkLimit,
  EVENT_BYTES,
  MAX_INDEXED_ACCOUNTS,
  MAX_SCANNED_ROWS,
} from "../limits.ts";
import { endOfRun, skipLost } from "../positions.ts";
import type { TrimmedEvent } from "../account_usage.ts";
import { AccountBlocks, BLOCK_BITS } from "./blocks.ts";
import { asInteger, cellOf } from "./cells.ts";
import { ROW_BYTES } from "./usage_rows.ts";

/**
 * Codes of event names in the file. A code is never given to another name. At
 * most 31, because of the masks.
 */
const EVENT_CODES: Readonly<Record<EventName, number>> = {
  "message": 0,
  "message.stranger": 1,
  "message.sent": 2,
  "presence": 3,
  "friend.request": 4,
  "friend.accepted": 5,
  "friend.refused": 6,
  "friend.added": 7,
  "account.state": 8,
  "unknown": 9,
  "account.removed": 10,
};

const EVENT_OF_CODE: Readonly<Record<number, EventName>> = Object.fromEntries(
  Object.entries(EVENT_CODES).map(([name, code]) => [code, name as EventName]),
);

const ALL_EVENTS = 0x7fffffff;

/** Rows that a block counts for in a read, plus one for each account: so a read looks into ten blocks at most. */
const LOOKS_OF_BLOCK = 200;

/** Mask of the codes up to 3, which the index of rare events leaves out. */
const FREQUENT_EVENTS = 0b1111;

/** Positions of matching events. */
interface Places {
  readonly places: number[];
  /** All matching positions up to here are known. */
  readonly upTo: number;
}

interface Row {
  seq: number;
  at: number;
  event: number;
  account: string | number;
  data: string;
}

const COLUMNS = "seq, at, event, account, data";
const MASKED = "(?1 >> event) & 1";
/** As the indexes have it. */
const BLOCK = `seq >> ${BLOCK_BITS}`;

const SQL = {
  insert: `INSERT INTO events (seq, at, event, total, account, party, data)
    VALUES (?1, ?2, ?3, 0, ${asInteger("?4")}, ${asInteger("?5")}, ?6)`,
  range: `SELECT ${COLUMNS} FROM events
    WHERE seq > ?2 AND seq <= ?3 AND ${MASKED} ORDER BY seq LIMIT ?4`,
  // The sign keeps it from reading each account's events by their index.
  rangeOf: `SELECT ${COLUMNS} FROM events
    WHERE seq > ?2 AND seq <= ?3 AND ${MASKED}
    AND +account IN (SELECT value FROM json_each(?5)) ORDER BY seq LIMIT ?4`,
  places: `SELECT seq FROM events INDEXED BY events_account
    WHERE ${BLOCK} = ?1 AND account IN (SELECT value FROM json_each(?2))
    AND seq > ?3 AND seq <= ?4 ORDER BY seq LIMIT ?5`,
  rare: `SELECT seq, event, account FROM events INDEXED BY events_rare
    WHERE event > 3 AND seq > ? ORDER BY seq LIMIT ?`,
  rows: `SELECT ${COLUMNS} FROM events
    WHERE seq IN (SELECT value FROM json_each(?2)) AND ${MASKED}
    ORDER BY seq LIMIT ?3`,
  history: `SELECT ${COLUMNS} FROM events INDEXED BY events_account
    WHERE ${BLOCK} = ? AND account = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
  historyWith: `SELECT ${COLUMNS} FROM events INDEXED BY events_party
    WHERE ${BLOCK} = ? AND account = ? AND party = ? AND seq < ?
    ORDER BY seq DESC LIMIT ?`,
  next: "SELECT seq FROM events WHERE seq > ? ORDER BY seq LIMIT 1",
  oldest: `SELECT seq, at, account, ${ROW_BYTES} AS bytes FROM events
    WHERE seq > ? ORDER BY seq LIMIT ?`,
  oldestOf: `SELECT seq, ${ROW_BYTES} AS bytes FROM events
    INDEXED BY events_account WHERE ${BLOCK} = ? AND account = ? AND seq > ?
    ORDER BY seq LIMIT ?`,
  drop: "DELETE FROM events WHERE seq <= ?",
  dropAll: "DELETE FROM events WHERE seq IN (SELECT value FROM json_each(?))",
} as const;

/** Rows of the first page that retention reads: mostly it drops none. */
const FIRST_PAGE_ROWS = 1;

/** How many times as long as the page before it a page is. */
const PAGE_GROWTH = 16;

/** What a short message counts. */
const SHORT_EVENT_BYTES = 2 * EVENT_BYTES;

/** Maximum number of rows in a page. */
const MAX_PAGE_ROWS = 256;

/**
 * A row that retention may drop; without time and account where those are known.
 * They are read by pages: `iterate()` of SQLite leaves names behind for each row,
 * which only a collection of the whole heap frees, one by one.
 */
interface OldRow {
  readonly seq: number;
  readonly at: number;
  readonly account: string | number;
  readonly bytes: number;
}

/** Writes events, and reads them by position, account and party. */
export class EventRows {
  readonly #statements: Readonly<Record<keyof typeof SQL, SqlStatement>>;
  readonly #blocks: AccountBlocks;

  constructor(database: SqlSource) {
    this.#blocks = new AccountBlocks(database);
    this.#statements = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof SQL, SqlStatement>;
  }

  insert(seq: number, draft: Draft): void {
    const { account, at, event, party, data } = draft;
    this.#statements.insert.run(
      seq,
      at,
      EVENT_CODES[event],
      cellOf(account),
      party === "" ? null : cellOf(party),
      data,
    );
    this.#blocks.store(account, seq);
  }

  read(after: number, options: ReadOptions, range: JournalRange): ReadResult {
    const { limit, accounts, events } = options;
    checkLimit(limit);
    const from = skipLost(range.lost, Math.max(after, range.oldest - 1));
    if (from >= range.head) return { events: [], upTo: range.head };
    const to = endOfRun(range.lost, from, range.head);
    const mask = events === undefined ? ALL_EVENTS : maskOf(events);
    const cells = accounts && new Set(accounts.map(cellOf));
    if ((mask & FREQUENT_EVENTS) === 0) {
      return this.#at(this.#placesOfRare(cells, from, to, mask), mask, limit);
    }
    if (cells === undefined) {
      const end = Math.min(to, from + MAX_SCANNED_ROWS);
      const rows = this.#rows("range", mask, from, end, limit);
      return resultOf(rows, limit, rows.length > 0 ? end : this.#skip(end, to));
    }
    if (cells.size > MAX_INDEXED_ACCOUNTS) {
      return this.#scan(cells, from, to, mask, limit);
    }
    const most = events === undefined ? limit : MAX_SCANNED_ROWS;
    const found = this.#placesByIndex(cells, from, to, most);
    return this.#at(found, mask, limit);
  }

  history(query: HistoryQuery): { events: StoredEvent[]; more: boolean } {
    const { account, party, limit } = query;
    checkLimit(limit);
    const before = Math.min(query.before ?? Infinity, Number.MAX_SAFE_INTEGER);
    const cells = party === undefined
      ? [cellOf(account)]
      : [cellOf(account), cellOf(party)];
    const name = party === undefined ? "history" : "historyWith";
    const rows: Row[] = [];
    for (const { number } of this.#blocks.before(account, before, party)) {
      const left = limit + 1 - rows.length;
      rows.push(...this.#rows(name, number, ...cells, before, left));
      if (rows.length > limit) break;
    }
    return {
      events: rows.slice(0, limit).reverse().map(eventOf),
      more: rows.length > limit,
    };
  }

  /** The position of the oldest event; undefined if there is none. */
  get oldest(): number | undefined {
    return this.#next(-1);
  }

  /** The oldest events up to the first that does not fit, at most so many. */
  oldestWhile(
    fits: (at: number, seq: number) => boolean,
    most: number,
  ): TrimmedEvent[] {
    const { oldest } = this.#statements;
    const found: TrimmedEvent[] = [];
    let page = FIRST_PAGE_ROWS;
    for (let after = -1; found.length < most;) {
      const limit = Math.min(most - found.length, page);
      const rows = oldest.all(after, limit) as unknown as OldRow[];
      for (const { seq, at, account, bytes } of rows) {
        if (!fits(at, seq)) return found;
        found.push({ seq, account: String(account), bytes });
        after = seq;
      }
      if (rows.length < limit) break;
      page = Math.min(page * PAGE_GROWTH, MAX_PAGE_ROWS);
    }
    return found;
  }

  /** The oldest events of an account that have so many bytes together, at most so many events. */
  oldestOf(
    account: string,
    after: number,
    bytes: number,
    most: number,
  ): TrimmedEvent[] {
    const cell = cellOf(account);
    const found: TrimmedEvent[] = [];
    if (bytes <= 0 || most <= 0) return found;
    const cells = JSON.stringify([cell]);
    for (const { number } of this.#blocks.after(cells, after, Infinity)) {
      for (;;) {
        // Mostly enough, and of many accounts a few each.
        const limit = Math.min(
          most - found.length,
          Math.ceil(bytes / SHORT_EVENT_BYTES),
          MAX_PAGE_ROWS,
        );
        const rows = this.#statements.oldestOf.all(number, cell, after, limit);
        for (const row of rows as unknown as OldRow[]) {
          found.push({ seq: row.seq, account, bytes: row.bytes });
          after = row.seq;
          bytes -= row.bytes;
          if (bytes <= 0 || found.length === most) return found;
        }
        if (rows.length < limit) break;
      }
    }
    return found;
  }

  /** Deletes all events up to a position. */
  drop(seq: number): void {
    this.#statements.drop.run(seq);
  }

  /** Deletes the events at some positions. */
  dropAll(places: readonly number[]): void {
    this.#statements.dropAll.run(JSON.stringify(places));
  }

  /** Called in the transaction that dropped the events of an account, up to a position. */
  trimBlocks(account: string, seq: number, isAll: boolean): void {
    this.#blocks.trim(account, seq, isAll);
  }

  /** Called after a transaction failed. */
  rolledBack(): void {
    this.#blocks.rolledBack();
  }

  #next(after: number): number | undefined {
    return this.#statements.next.get(after)?.["seq"] as number | undefined;
  }

  // Trimmed events can leave a long range of positions empty.
  #skip(after: number, to: number): number {
    return Math.min(to, (this.#next(after) ?? to + 1) - 1);
  }

  #at({ places, upTo }: Places, mask: number, limit: number): ReadResult {
    if (places.length === 0) return { events: [], upTo };
    const rows = this.#rows("rows", mask, JSON.stringify(places), limit);
    return resultOf(rows, limit, upTo);
  }

  // Only rare events are wanted: read those of all accounts by their index.
  #placesOfRare(
    cells: ReadonlySet<string | number> | undefined,
    after: number,
    head: number,
    mask: number,
  ): Places {
    const found = this.#statements.rare.all(
      after,
      MAX_SCANNED_ROWS,
    ) as unknown as Pick<Row, "seq" | "event" | "account">[];
    const places = found
      .filter(({ seq, event, account }) =>
        seq <= head && (mask >> event & 1) === 1 &&
        cells?.has(account) !== false
      )
      .map(({ seq }) => seq);
    const isAll = found.length < MAX_SCANNED_ROWS;
    const upTo = isAll ? head : Math.min(head, found.at(-1)!.seq);
    return { places, upTo };
  }

  // Few accounts: look for each of them in the blocks that have their events.
  #placesByIndex(
    cells: ReadonlySet<string | number>,
    after: number,
    head: number,
    most: number,
  ): Places {
    const accounts = JSON.stringify([...cells]);
    const places: number[] = [];
    let looked = 0;
    const blocks = this.#blocks.after(accounts, after, head);
    for (const { number, first, last } of blocks) {
      if (looked > MAX_SCANNED_ROWS) return { places, upTo: first - 1 };
      const left = most - places.length;
      const found = this.#statements.places.all(
        number,
        accounts,
        after,
        Math.min(last, head),
        left,
      );
      for (const { seq } of found) places.push(seq as number);
      if (found.length === left) return { places, upTo: places.at(-1)! };
      looked += LOOKS_OF_BLOCK + cells.size;
    }
    return { places, upTo: head };
  }

  // Many accounts: scan a piece of the journal; if it has no match, another
  // one from the next match.
  #scan(
    cells: ReadonlySet<string | number>,
    after: number,
    head: number,
    mask: number,
    limit: number,
  ): ReadResult {
    const accounts = JSON.stringify([...cells]);
    const scan = (from: number): ReadResult => {
      const end = Math.min(head, from + MAX_SCANNED_ROWS / 2);
      const rows = this.#rows("rangeOf", mask, from, end, limit, accounts);
      return resultOf(rows, limit, end);
    };
    const near = scan(after);
    if (near.events.length > 0 || near.upTo === head) return near;
    if (cells.size > MAX_SCANNED_ROWS) {
      return { events: [], upTo: this.#skip(near.upTo, head) };
    }
    const { places, upTo } = this.#placesByIndex(cells, near.upTo, head, 1);
    return places.length === 0 ? { events: [], upTo } : scan(upTo - 1);
  }

  #rows(
    name: "range" | "rangeOf" | "rows" | "history" | "historyWith",
    ...values: (string | number)[]
  ): Row[] {
    return this.#statements[name].all(...values) as unknown as Row[];
  }
}

function resultOf(
  rows: readonly Row[],
  limit: number,
  end: number,
): ReadResult {
  const events = rows.map(eventOf);
  return { events, upTo: events.length === limit ? events.at(-1)!.seq : end };
}

function eventOf({ seq, at, event, account, data }: Row): StoredEvent {
  const name = EVENT_OF_CODE[event]!;
  const uin = String(account);
  return {
    seq,
    account: uin,
    event: name,
    frame: frameText(seq, at, uin, name, data),
  };
}

function maskOf(events: readonly EventName[]): number {
  return events.reduce((mask, event) => mask | 1 << EVENT_CODES[event], 0);
}
