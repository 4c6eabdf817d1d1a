/** All databases of a data folder at one instant, for a copy. @module */

import { backup, DatabaseSync } from "node:sqlite";
import { lastPosition } from "../../journal/lineage.ts";
import { FILES } from "../data_folder.ts";
import { BUSY_TIMEOUT_MS } from "../../sqlite/database.ts";

/** Number of bytes that are copied before the disk and other threads get a turn. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** The databases of a data folder. */
export const DATABASES: readonly string[] = [
  FILES.bridge,
  FILES.journal,
  FILES.qq,
];

/** The end of a journal. */
export interface JournalEnd {
  /** Its epoch; empty if the folder has no journal. */
  readonly epoch: string;
  /** Its last position; 0 if the folder has no journal. */
  readonly head: number;
}

/**
 * Connections that read the databases of a data folder. All show the same
 * instant if no database is written while {@linkcode Snapshot.pin} runs.
 */
export class Snapshot implements Disposable {
  readonly #databases = new Map<string, DatabaseSync>();

  /**
   * Opens the databases that exist.
   *
   * @throws {Error} If one cannot be read.
   */
  constructor(folder: string) {
    try {
      for (const name of DATABASES) {
        const path = `${folder}/${name}`;
        if (!isFile(path)) continue;
        const database = new DatabaseSync(path, { readOnly: true });
        this.#databases.set(name, database);
        database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
        touch(database);
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Names of the files that it reads. */
  get names(): string[] {
    return [...this.#databases.keys()];
  }

  /** Fixes the instant that it shows. Takes less than a millisecond. */
  pin(): void {
    for (const database of this.#databases.values()) {
      database.exec("BEGIN");
      touch(database);
    }
  }

  /** Ends what {@linkcode Snapshot.pin} began. */
  release(): void {
    for (const database of this.#databases.values()) {
      if (database.isTransaction) database.exec("COMMIT");
    }
  }

  /** Bytes of all databases. */
  get bytes(): number {
    let bytes = 0;
    for (const database of this.#databases.values()) {
      bytes += numberOf(database, "PRAGMA page_count") *
        numberOf(database, "PRAGMA page_size");
    }
    return bytes;
  }

  /**
   * The end of the journal, and whether it was created, both as in the snapshot.
   */
  journalEnd(): JournalEnd {
    const journal = this.#databases.get(FILES.journal);
    return journal === undefined ? NO_JOURNAL : journalEndOf(journal);
  }

  /**
   * Copies a database. The copy is durable when this resolves.
   *
   * @param to The new file.
   * @param rest Called between two pieces.
   */
  async copy(name: string, to: string, rest: () => void): Promise<void> {
    const database = this.#databases.get(name)!;
    const pageBytes = numberOf(database, "PRAGMA page_size");
    using file = Deno.openSync(to, {
      read: true,
      write: true,
      createNew: true,
      mode: 0o600,
    });
    await backup(database, to, {
      rate: Math.ceil(PIECE_BYTES / pageBytes),
      progress: () => {
        // A long queue of unwritten pages would delay the commits of the program.
        file.syncSync();
        rest();
      },
    });
    file.syncSync();
  }

  [Symbol.dispose](): void {
    for (const database of this.#databases.values()) database.close();
    this.#databases.clear();
  }
}

const NO_JOURNAL: JournalEnd = { epoch: "", head: 0 };

/** Returns the end of the journal in an open database. */
export function journalEndOf(database: DatabaseSync): JournalEnd {
  if (numberOf(database, "PRAGMA user_version") === 0) return NO_JOURNAL;
  const meta = (name: string) =>
    database.prepare("SELECT value FROM meta WHERE name = ?").get(name)
      ?.["value"];
  return { epoch: String(meta("epoch") ?? ""), head: lastPosition(database) };
}

/** Reads something, because a transaction shows the database as of its first read. */
function touch(database: DatabaseSync): void {
  database.prepare("SELECT count(*) FROM sqlite_master").get();
}

function numberOf(database: DatabaseSync, pragma: string): number {
  return Object.values(database.prepare(pragma).get()!)[0] as number;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
