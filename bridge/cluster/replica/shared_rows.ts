/** Tables of the replica that a journal of one machine does not use. @module */

import type {
  SqlSource,
  SqlStatement,
  SqlValue,
} from "../../sqlite/sql_database.ts";

/** A table of names with JSON texts. */
export type SharedTable = "accounts" | "tokens" | "shared";

/** What the replica keeps of itself. */
const META_NAMES = [
  "applied",
  "record_digest",
  "log_created",
  "chain",
  "chain_marks",
  "founding",
  "log_times",
  "membership",
  "writers_floor",
] as const;

/** Name of a value that the replica keeps of itself. */
export type MetaName = typeof META_NAMES[number];

const SQL = {
  getMeta: "SELECT value FROM meta WHERE name = ?",
  putMeta: "INSERT OR REPLACE INTO meta VALUES (?, ?)",
  dropMeta: "DELETE FROM meta WHERE name = ?",
  putPart: "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)",
  parts: "SELECT text FROM parts WHERE node = ? AND number = ? ORDER BY part",
  dropParts: "DELETE FROM parts WHERE node = ? AND number = ?",
  putState: "INSERT OR REPLACE INTO states VALUES (?, ?, ?)",
  state: "SELECT at, data FROM states WHERE account = ?",
  holder: "SELECT connection FROM holders WHERE consumer = ?",
  outcome: "SELECT outcome FROM keyed WHERE account = ? AND key = ?",
  putHolder: "INSERT OR REPLACE INTO holders VALUES (?, ?)",
  dropHolder: "DELETE FROM holders WHERE consumer = ?",
} as const;

const TABLES: readonly SharedTable[] = ["accounts", "tokens", "shared"];

/** Removes everything that makes a journal a replica. Its events, positions, polls and keys stay. */
export function clearReplica(database: SqlSource): void {
  const tables = ["writers", "parts", "states", "holders", ...TABLES];
  for (const table of tables) database.prepare(`DELETE FROM ${table}`).run();
  const drop = database.prepare(SQL.dropMeta);
  for (const name of META_NAMES) drop.run(name);
}

/**
 * Makes a replica the first one of a log that is founded anew: nobody is a
 * member, and no record was applied. What records of former processes would
 * repeat is still known.
 *
 * @param founding Hash of the new log's founding record.
 */
export function restartReplica(database: SqlSource, founding: string): void {
  for (const table of ["parts", "holders"]) {
    database.prepare(`DELETE FROM ${table}`).run();
  }
  database.prepare("UPDATE writers SET last = 0").run();
  const drop = database.prepare(SQL.dropMeta);
  for (const name of META_NAMES) if (name !== "chain") drop.run(name);
  database.prepare(SQL.putMeta).run("founding", founding);
}

/** A state of an account, as its owner saw it last. */
export interface StateRow {
  /** Time in milliseconds since 1970. */
  readonly at: number;
  /** Data of the event as JSON. */
  readonly data: string;
}

/** Reads and writes these tables. All writes belong into a transaction. */
export class SharedRows {
  readonly #database: SqlSource;
  readonly #statements: Readonly<Record<keyof typeof SQL, SqlStatement>>;
  readonly #put: Readonly<Record<SharedTable, SqlStatement>>;
  readonly #drop: Readonly<Record<SharedTable, SqlStatement>>;

  constructor(database: SqlSource) {
    this.#database = database;
    this.#statements = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof SQL, SqlStatement>;
    const ofEach = (sql: (table: SharedTable) => string) =>
      Object.fromEntries(
        TABLES.map((table) => [table, database.prepare(sql(table))]),
      ) as Record<SharedTable, SqlStatement>;
    this.#put = ofEach((table) =>
      `INSERT OR REPLACE INTO ${table} VALUES (?, ?)`
    );
    this.#drop = ofEach((table) => `DELETE FROM ${table} WHERE name = ?`);
  }

  meta(name: MetaName): SqlValue | undefined {
    return this.#statements.getMeta.get(name)?.["value"] as
      | SqlValue
      | undefined;
  }

  putMeta(name: MetaName, value: string | number): void {
    this.#statements.putMeta.run(name, value);
  }

  /** All names of a table with their texts, ascending. */
  entries(table: SharedTable): [name: string, value: string][] {
    return this.#database.prepare(
      `SELECT name, value FROM ${table} ORDER BY name`,
    ).all().map(({ name, value }) => [name as string, value as string]);
  }

  /** Sets a text; null removes it. */
  put(table: SharedTable, name: string, value: string | null): void {
    if (value === null) this.#drop[table].run(name);
    else this.#put[table].run(name, value);
  }

  putPart(node: string, number: number, part: number, text: string): void {
    this.#statements.putPart.run(node, number, part, text);
  }

  /** The parts of a record that are there, in order. */
  parts(node: string, number: number): string[] {
    return this.#statements.parts.all(node, number)
      .map(({ text }) => text as string);
  }

  dropParts(node: string, number: number): void {
    this.#statements.dropParts.run(node, number);
  }

  state(account: string): StateRow | undefined {
    return this.#statements.state.get(account) as StateRow | undefined;
  }

  putState(account: string, at: number, data: string): void {
    this.#statements.putState.run(account, at, data);
  }

  /** The outcome of a keyed command as JSON; undefined while there is none. Expired ones count, as on all nodes. */
  outcome(account: string, key: string): string | undefined {
    const row = this.#statements.outcome.get(account, key);
    return (row?.["outcome"] ?? undefined) as string | undefined;
  }

  /** The connection that holds a consumer's name. */
  holder(consumer: string): string | undefined {
    return this.#statements.holder.get(consumer)?.["connection"] as
      | string
      | undefined;
  }

  putHolder(consumer: string, connection: string): void {
    this.#statements.putHolder.run(consumer, connection);
  }

  dropHolder(consumer: string): void {
    this.#statements.dropHolder.run(consumer);
  }
}
