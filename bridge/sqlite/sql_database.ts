/** What the journal needs of a SQL database. @module */

/** A value that a statement takes. */
export type SqlValue = string | number | null | Uint8Array;

/** A row by the names of its columns. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** A statement with its parameters as `?`, or as `?1`, `?2` and so on. */
export interface SqlStatement {
  /** Its first row; undefined if there is none. */
  get(...values: SqlValue[]): SqlRow | undefined;
  all(...values: SqlValue[]): SqlRow[];
  /** Reads row by row. The statement must not be used again before the end. */
  iterate(...values: SqlValue[]): Iterable<SqlRow>;
  run(...values: SqlValue[]): unknown;
}

/** What can run a statement: a database, also one that is only read. */
export interface SqlSource {
  prepare(sql: string): SqlStatement;
}

/** A SQLite database whose calls are synchronous, and whose only writer is this process. */
export interface SqlDatabase extends SqlSource {
  /**
   * Runs an act in a transaction, which is rolled back if the act throws. What
   * it wrote is durable before anybody outside the process can see a
   * consequence of it.
   */
  transaction<T>(act: () => T): T;
  /** Whether an error means that nothing can be written: the disk is full or failing, or the file was moved. */
  isFatal(error: unknown): boolean;
  /** Bytes of the longest value; `Infinity` if only memory limits it. */
  readonly valueBytes: number;
  /** What concerns its file; undefined if it has none. */
  readonly file?: SqlFile | undefined;
  /** Closes the database. Everything that was committed stays. */
  close(): void;
}

/** The file of a database. */
export interface SqlFile {
  /** Identifies the file, so that a copy is recognised; undefined if the platform cannot. */
  readonly identity: string | undefined;
  /** Bytes of SQLite's log. */
  readonly logBytes: number;
  /** Adjusts the log's limit to the free space. */
  updateLogLimit(): void;
  /** Shortens the log, which may use the space that is missing. */
  truncateLog(): void;
}

/**
 * Brings a database from one version to the next: SQL, or a function that runs
 * inside the transaction of the migration.
 */
export type Migration = string | ((database: SqlSource) => void);
