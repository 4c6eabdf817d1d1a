/** Names and faces in `bridge.db`. @module */

import type { DatabaseSync } from "node:sqlite";
import type { KnownPerson, PeopleStore } from "../../people/people_store.ts";

const SQL = {
  all: "SELECT uin, nickname, face, at FROM people ORDER BY at",
  put:
    "INSERT OR REPLACE INTO people (uin, nickname, face, at) VALUES (?, ?, ?, ?)",
  remove: "DELETE FROM people WHERE uin = ?",
} as const;

interface Row {
  uin: string;
  nickname: string;
  face: number | null;
  at: number;
}

/** A store of people in `bridge.db`. */
export class SqlitePeopleStore implements PeopleStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  list(): KnownPerson[] {
    const rows = this.#database.prepare(SQL.all).all() as unknown as Row[];
    return rows.map(({ uin, nickname, face, at }) => ({
      uin,
      nickname: JSON.parse(nickname),
      face: face ?? undefined,
      at,
    }));
  }

  put(people: readonly KnownPerson[]): void {
    const put = this.#database.prepare(SQL.put);
    this.#inTransaction(
      people,
      ({ uin, nickname, face, at }) =>
        put.run(uin, JSON.stringify(nickname), face ?? null, at),
    );
  }

  remove(uins: readonly string[]): void {
    const remove = this.#database.prepare(SQL.remove);
    this.#inTransaction(uins, (uin) => remove.run(uin));
  }

  #inTransaction<T>(items: readonly T[], write: (item: T) => unknown): void {
    if (items.length === 0) return;
    const database = this.#database;
    database.exec("BEGIN IMMEDIATE");
    try {
      for (const item of items) write(item);
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }
}
