/** The rows of what a journal knows of itself: what was trimmed, and whether writing works. @module */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Where the kept events begin. */
export interface Trimmed {
  /** The place of the last event that was trimmed. */
  readonly seq: number;
  /** Bytes of all that were. */
  readonly bytes: number;
}

/** Pages of a probe: a small write could fit where nothing else does. */
const PROBE_BYTES = 16_384;

const SQL = {
  get: "SELECT value FROM meta WHERE name = ?",
  put: "INSERT OR REPLACE INTO meta VALUES (?, ?)",
  forget: "DELETE FROM lost WHERE last <= ?",
  probe: "INSERT OR REPLACE INTO meta VALUES ('probes', zeroblob(?))",
  probed: "UPDATE meta SET value = 0 WHERE name = 'probes'",
} as const;

/** See the module. */
export class MetaRows {
  readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;

  constructor(database: DatabaseSync) {
    this.#statements = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof SQL, StatementSync>;
  }

  /** What was trimmed. */
  get trimmed(): Trimmed {
    return {
      seq: this.#get("trimmed_seq") as number,
      bytes: this.#get("trimmed_bytes") as number,
    };
  }

  /** Writes what was trimmed. */
  putTrimmed({ seq, bytes }: Trimmed): void {
    this.#statements.put.run("trimmed_seq", seq);
    this.#statements.put.run("trimmed_bytes", bytes);
    this.#statements.forget.run(seq);
  }

  /** Writes as much as tells whether there is room. */
  probe(): void {
    this.#statements.probe.run(PROBE_BYTES);
    this.#statements.probed.run();
  }

  #get(name: string): unknown {
    return this.#statements.get.get(name)?.["value"];
  }
}
