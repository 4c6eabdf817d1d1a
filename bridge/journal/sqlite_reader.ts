/** Reading the journal on disk: a bounded piece a call. @module */

import type { StatementSync } from "node:sqlite";
import type { EventName } from "../../mod.ts";
import { frameText, type StoredEvent } from "../core/event.ts";
import type { HistoryQuery, ReadOptions, ReadResult } from "./journal.ts";
import { SCAN_EVENTS } from "./limits.ts";
import { EVENT_NUMBERS } from "./migrations.ts";
import type { Statements } from "./sqlite_statements.ts";

/** Up to so many accounts each is looked up by itself; beyond, all events are gone through. */
const ACCOUNTS_APART = 32;

const EVENT_OF_NUMBER: readonly EventName[] = Object.entries(EVENT_NUMBERS)
  .reduce<EventName[]>((names, [name, number]) => {
    names[number] = name as EventName;
    return names;
  }, []);

interface EventRow {
  seq: number;
  at: number;
  event: number;
  data: string;
  uin: string;
}

/** See the module. */
export class SqliteReader {
  readonly #sql: Statements;
  readonly #idOf: (uin: string) => number | undefined;

  constructor(sql: Statements, idOf: (uin: string) => number | undefined) {
    this.#sql = sql;
    this.#idOf = idOf;
  }

  /** See `Journal.read`. */
  read(after: number, head: number, options: ReadOptions): ReadResult {
    const { accounts } = options;
    if (accounts !== undefined && accounts.length <= ACCOUNTS_APART) {
      return this.#readApart(after, head, options, accounts);
    }
    const wanted = accounts && new Set(accounts);
    return this.#scan(
      this.#sql.behind,
      [after],
      head,
      options,
      SCAN_EVENTS,
      wanted,
    );
  }

  /** See `Journal.history`. */
  history(query: HistoryQuery): { events: StoredEvent[]; more: boolean } {
    const { account, party, limit } = query;
    const id = this.#idOf(account);
    if (id === undefined) return { events: [], more: false };
    const before = query.before ?? Number.MAX_SAFE_INTEGER;
    const rows = party === undefined
      ? this.#sql.before.all(id, before, limit + 1)
      : this.#sql.beforeWith.all(id, party, before, limit + 1);
    const events = rows.slice(0, limit).map((row) =>
      stored(row as unknown as EventRow)
    );
    return { events: events.reverse(), more: rows.length > limit };
  }

  #readApart(
    after: number,
    head: number,
    options: ReadOptions,
    accounts: readonly string[],
  ): ReadResult {
    const ids = accounts.map((uin) => this.#idOf(uin)).filter((id) =>
      id !== undefined
    );
    const most = Math.max(
      options.limit,
      Math.floor(SCAN_EVENTS / Math.max(1, ids.length)),
    );
    const parts = ids.map((id) =>
      this.#scan(
        this.#sql.behindOf,
        [id, after],
        head,
        options,
        most,
        undefined,
      )
    );
    // Beyond the first place where one of them stopped, others may be missing.
    const upTo = Math.min(head, ...parts.map((part) => part.upTo));
    const events = parts.flatMap((part) => part.events).filter(({ seq }) =>
      seq <= upTo
    )
      .sort((a, b) => a.seq - b.seq);
    const cut = events.slice(0, options.limit);
    return cut.length < events.length
      ? { events: cut, upTo: cut.at(-1)!.seq }
      : { events, upTo };
  }

  #scan(
    statement: StatementSync,
    parameters: number[],
    head: number,
    { events: names, limit }: ReadOptions,
    most: number,
    accounts: ReadonlySet<string> | undefined,
  ): ReadResult {
    const numbers = names && new Set(names.map((name) => EVENT_NUMBERS[name]));
    const events: StoredEvent[] = [];
    let seen = 0;
    for (const found of statement.iterate(...parameters)) {
      const row = found as unknown as EventRow;
      seen++;
      if (
        accounts?.has(row.uin) !== false && numbers?.has(row.event) !== false
      ) {
        events.push(stored(row));
      }
      if (events.length === limit || seen === most) {
        return { events, upTo: row.seq };
      }
    }
    return { events, upTo: head };
  }
}

function stored({ seq, at, event, data, uin }: EventRow): StoredEvent {
  const name = EVENT_OF_NUMBER[event]!;
  return {
    seq,
    account: uin,
    event: name,
    frame: frameText(seq, at, uin, name, data),
  };
}
