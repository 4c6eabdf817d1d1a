/** The identity of a journal's file: its epoch and former epochs. @module */

import type { SqlDatabase, SqlSource } from "../sqlite/sql_database.ts";
import { newEpoch } from "./draft.ts";
import type { LostRange } from "./journal.ts";
import { positionBeyond } from "./positions.ts";

export interface LineageOptions {
  readonly random: () => number;
  /** Time in milliseconds since 1970. */
  readonly now: number;
  /** Position after which a new journal starts. */
  readonly after: number;
  /** The last position that the journal is known to have reached. */
  readonly knownHead: number;
  /** Result of `fileIdentity`; undefined if the platform cannot recognise copies. */
  readonly file: string | undefined;
  /** Epoch of the log that the file follows; undefined if the file has an epoch of its own. */
  readonly epoch?: string | undefined;
  /** Text of the backup's mark; undefined if the folder has none. */
  readonly mark: string | undefined;
}

/** A journal that was recognised as a restored copy. */
export interface RestoredJournal {
  /** Epoch of the positions before the restore. */
  readonly formerEpoch: string;
  /** Last position that the former journal and this one share. */
  readonly last: number;
}

/** Epoch and lost ranges of a file. */
export interface Lineage {
  readonly epoch: string;
  /** Position after which the first events start. */
  readonly start: number;
  readonly lost: readonly LostRange[];
  /** Set if this start gave the journal a new epoch. */
  readonly restored?: RestoredJournal;
}

/**
 * Reads which journal a file holds. A new file gets an epoch; so does a file that
 * is a copy, because the positions behind its last event were given out by the
 * journal that it was copied from.
 */
export function openLineage(
  database: SqlDatabase,
  options: LineageOptions,
): Lineage {
  return database.transaction(() => read(new Rows(database), options));
}

function read(rows: Rows, options: LineageOptions): Lineage {
  const { random, file, mark, after, knownHead } = options;
  const known = rows.get("epoch") as string | undefined;
  if (known === undefined) {
    const epoch = options.epoch ?? newEpoch(random);
    rows.put("epoch", epoch);
    rows.put("start", after);
    rows.put("trimmed_seq", after);
    rows.put("forgotten_seq", after);
    rows.remember(file, mark);
    return { epoch, start: after, lost: [] };
  }
  const lost = rows.lost();
  const start = (rows.get("start") as number | undefined) ?? 0;
  const last = Math.max(rows.last(), lost.at(-1)?.to ?? 0);
  if (options.epoch !== undefined) {
    rows.remember(file, mark);
    if (known === options.epoch) return { epoch: known, start, lost };
    throw new RangeError(
      `Cannot open the journal: its epoch must be that of the cluster, ${options.epoch}, got ${known}`,
    );
  }
  const knownFile = rows.get("file");
  // The mark is still there if an earlier start was cut before it removed
  // the mark.
  const isMarked = mark !== undefined && rows.get("mark") !== mark;
  const isCopy = file !== undefined && knownFile !== undefined &&
    knownFile !== file && last > start;
  rows.remember(file, mark);
  // An older file that was written over this one has the same inode and
  // birth time.
  const isOlder = last < knownHead;
  if (!isMarked && !isCopy && !isOlder) return { epoch: known, start, lost };
  const epoch = newEpoch(random);
  const range: LostRange = {
    epoch: known,
    from: last + 1,
    to: positionBeyond(Math.max(last, knownHead), options.now),
  };
  rows.restore(epoch, range);
  return {
    epoch,
    start,
    lost: [...lost, range],
    restored: { formerEpoch: known, last },
  };
}

/** The last position that a file has given out. Its event may be trimmed already, while older ones of another account are kept. */
export function lastPosition(database: SqlSource): number {
  const row = database.prepare(
    `SELECT max(seq) AS seq FROM (
      SELECT max(seq) AS seq FROM events UNION ALL
      SELECT value FROM meta WHERE name IN ('trimmed_seq', 'usage_seq')
    )`,
  ).get();
  return (row?.["seq"] ?? 0) as number;
}

class Rows {
  readonly #database: SqlSource;

  constructor(database: SqlSource) {
    this.#database = database;
  }

  get(name: string): unknown {
    return this.#database.prepare("SELECT value FROM meta WHERE name = ?")
      .get(name)?.["value"];
  }

  put(name: string, value: string | number): void {
    this.#database.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)")
      .run(name, value);
  }

  remember(file: string | undefined, mark: string | undefined): void {
    if (file !== undefined && this.get("file") !== file) this.put("file", file);
    if (mark !== undefined) this.put("mark", mark);
  }

  last(): number {
    return lastPosition(this.#database);
  }

  lost(): LostRange[] {
    return this.#database.prepare(
      `SELECT epoch, first AS "from", last AS "to" FROM lost ORDER BY first`,
    ).all().map((row) => ({ ...row })) as unknown as LostRange[];
  }

  restore(epoch: string, { epoch: former, from, to }: LostRange): void {
    this.put("epoch", epoch);
    this.#database.prepare("INSERT INTO lost VALUES (?, ?, ?)")
      .run(former, from, to);
    // The server may still hold mail that it handed out under the former
    // keys.
    this.#database.prepare("UPDATE polls SET epoch = ? WHERE epoch IS NULL")
      .run(former);
  }
}
