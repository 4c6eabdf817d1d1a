/** Which records of each process were applied already. @module */

import type { SqlSource, SqlStatement } from "../../sqlite/sql_database.ts";

/** How long a process that has left is remembered, in milliseconds of the records' time. */
export const WRITER_LIFE_MS = 7 * 24 * 60 * 60_000;

interface Writer {
  /** All numbers up to this were applied. */
  through: number;
  /** Numbers behind it that were applied, ascending. */
  beyond: number[];
  /** Time of its last record. */
  at: number;
  /** Index of its last record. */
  last: number;
}

interface Row extends Omit<Writer, "beyond"> {
  node: string;
  beyond: string;
}

/** A record in the log. */
export interface WrittenRecord {
  readonly node: string;
  readonly number: number;
  readonly at: number;
  readonly index: number;
  /** Index of the last record that the writer had applied. */
  readonly seen: number;
}

const SQL = {
  all: "SELECT node, through, beyond, at, last FROM writers",
  put: `INSERT OR REPLACE INTO writers (node, through, beyond, at, last)
    VALUES (?, ?, ?, ?, ?)`,
  drop: "DELETE FROM writers WHERE node = ?",
  dropParts: "DELETE FROM parts WHERE node = ?",
} as const;

/** Recognises records that were applied already, also when they come out of order. */
export class Writers {
  readonly #statements: Readonly<Record<keyof typeof SQL, SqlStatement>>;
  readonly #writers = new Map<string, Writer>();
  /** Processes whose rows are not written yet. */
  readonly #changed = new Set<string>();
  /** Records whose writer had seen less are of a process that is forgotten. */
  #floor: number;

  /** @param floor What {@linkcode Writers.floor} was when the rows were written. */
  constructor(database: SqlSource, floor: number) {
    this.#floor = floor;
    this.#statements = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof SQL, SqlStatement>;
    const rows = this.#statements.all.all() as unknown as Row[];
    for (const { node, beyond, ...rest } of rows) {
      this.#writers.set(node, { ...rest, beyond: JSON.parse(beyond) });
    }
  }

  get floor(): number {
    return this.#floor;
  }

  /** Whether any record of a process was applied. */
  has(node: string): boolean {
    return this.#writers.has(node);
  }

  /** Whether a record must be skipped: it was applied, or its process is forgotten. */
  isKnown(node: string, number: number): boolean {
    const writer = this.#writers.get(node);
    return writer !== undefined &&
      (number <= writer.through || writer.beyond.includes(number));
  }

  /** Whether the process of a record is forgotten, so that nobody knows whether it was applied. */
  isForgotten({ node, seen }: WrittenRecord): boolean {
    return !this.#writers.has(node) && seen < this.#floor;
  }

  /** Remembers a record that is applied now; {@linkcode Writers.flush} writes it. */
  add({ node, number, at, index }: WrittenRecord): void {
    const known = this.#writers.get(node);
    const writer: Writer = {
      through: known?.through ?? 0,
      beyond: [...known?.beyond ?? [], number].sort((a, b) => a - b),
      at,
      last: index,
    };
    while (writer.beyond[0] === writer.through + 1) {
      writer.beyond.shift();
      writer.through++;
    }
    this.#writers.set(node, writer);
    this.#changed.add(node);
  }

  /** Writes the rows of what was added: once for all records of a transaction. */
  flush(): void {
    for (const node of this.#changed) {
      const { through, beyond, at, last } = this.#writers.get(node)!;
      const text = JSON.stringify(beyond);
      this.#statements.put.run(node, through, text, at, last);
    }
    this.#changed.clear();
  }

  /** Forgets processes whose last record is too old, the members aside, with their incomplete records. */
  expire(now: number, isMember: (node: string) => boolean): void {
    const old = [...this.#writers].filter(([node, { at }]) =>
      at < now - WRITER_LIFE_MS && !isMember(node)
    );
    for (const [node, { last }] of old) {
      this.#writers.delete(node);
      this.#changed.delete(node);
      this.#statements.drop.run(node);
      this.#statements.dropParts.run(node);
      this.#floor = Math.max(this.#floor, last);
    }
  }
}
