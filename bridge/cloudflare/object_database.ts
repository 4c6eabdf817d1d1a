/** The SQLite database of a Durable Object. @module */

import type {
  Migration,
  SqlDatabase,
  SqlStatement,
  SqlValue,
} from "../sqlite/sql_database.ts";

/**
 * What a statement of the object's SQLite returns: its rows, read as they are needed.
 *
 * @category Edge
 */
export interface ObjectCursor extends Iterable<Record<string, unknown>> {
  /** Returns the rows that are left. */
  toArray(): Record<string, unknown>[];
}

/**
 * The part of a Durable Object's storage that the bridge uses.
 *
 * @category Edge
 */
export interface ObjectStorage {
  /** The object's SQLite database. */
  readonly sql: {
    /** Runs SQL; the values are those of its last statement. */
    exec(sql: string, ...values: unknown[]): ObjectCursor;
  };
  /** Runs an act in a transaction, which is rolled back if it throws. */
  transactionSync<T>(act: () => T): T;
  /** Sets the time of the object's alarm, in milliseconds since 1970. */
  setAlarm(at: number): Promise<void>;
}

/** Bytes of the longest value of the platform. */
const VALUE_BYTES = 2_000_000;

/** Texts of errors that mean that nothing can be written. */
const FATAL = /SQLITE_(FULL|IOERR)/;

/** The version of the tables. The platform refuses `PRAGMA user_version`. */
const VERSION_TABLE =
  "CREATE TABLE IF NOT EXISTS tables_version (version INTEGER NOT NULL)";

/** White space and comments after the last statement, which the platform takes for one more. */
const NOTHING = /(\s|--[^\n]*)*$/;

export interface ObjectDatabaseOptions {
  /** Name of the database for messages, such as `the journal`. */
  readonly what: string;
  /** Each brings the tables from version `index` to `index + 1`, in its own transaction. */
  readonly migrations: readonly Migration[];
}

/**
 * Opens the database of an object, and creates or migrates its tables.
 *
 * @throws {RangeError} If a later version wrote the tables.
 */
export function openObjectDatabase(
  storage: ObjectStorage,
  { what, migrations }: ObjectDatabaseOptions,
): SqlDatabase {
  const database = new ObjectDatabase(storage);
  const run = (sql: string, ...values: SqlValue[]) =>
    database.prepare(sql).all(...values);
  run(VERSION_TABLE);
  const from = Number(run("SELECT version FROM tables_version")[0]?.version);
  const first = Number.isNaN(from) ? 0 : from;
  if (first > migrations.length) {
    throw new RangeError(
      `Cannot open ${what}: its version must be at most ${migrations.length}, got ${first}: a later version made it`,
    );
  }
  for (let version = first; version < migrations.length; version++) {
    const migration = migrations[version]!;
    database.transaction(() => {
      if (typeof migration === "string") run(migration.replace(NOTHING, ""));
      else migration(database);
      run("DELETE FROM tables_version");
      run("INSERT INTO tables_version VALUES (?)", version + 1);
    });
  }
  return database;
}

/**
 * The storage as a database. The platform confirms a write later than
 * `transactionSync` returns, but holds back everything that the object sends
 * until then, and resets the object if the write fails.
 */
class ObjectDatabase implements SqlDatabase {
  readonly valueBytes = VALUE_BYTES;
  readonly #storage: ObjectStorage;

  constructor(storage: ObjectStorage) {
    this.#storage = storage;
  }

  prepare(sql: string): SqlStatement {
    const run = (values: SqlValue[]) => this.#storage.sql.exec(sql, ...values);
    return {
      get: (...values) => run(values).toArray()[0],
      all: (...values) => run(values).toArray(),
      iterate: (...values) => run(values),
      run: (...values) => run(values).toArray(),
    };
  }

  transaction<T>(act: () => T): T {
    return this.#storage.transactionSync(act);
  }

  isFatal(error: unknown): boolean {
    return FATAL.test(String(error));
  }

  /** Does nothing: the platform closes the database with the object. */
  close(): void {}
}
