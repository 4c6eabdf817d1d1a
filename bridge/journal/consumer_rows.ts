/** The rows of consumers' positions, all known by heart. @module */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ConsumerRoom } from "./consumer_room.ts";
import type { JournalLimits } from "./limits.ts";

/** See the module. */
export class ConsumerRows {
  readonly #room: ConsumerRoom;
  readonly #put: StatementSync;
  readonly #positions = new Map<string, number>();
  /** Written by the transaction under way, for the first time. */
  readonly #fresh = new Set<string>();

  constructor(database: DatabaseSync, limits: Required<JournalLimits>) {
    this.#room = new ConsumerRoom(limits);
    this.#put = database.prepare(
      `INSERT INTO consumers VALUES (?, ?) ON CONFLICT (name) DO UPDATE
      SET seq = max(seq, excluded.seq)`,
    );
    const rows = database.prepare("SELECT name, seq FROM consumers").all();
    for (const { name, seq } of rows) {
      this.#positions.set(name as string, seq as number);
      this.#room.take(name as string);
    }
  }

  /** A consumer's position. */
  get(consumer: string): number | undefined {
    return this.#positions.get(consumer);
  }

  /** Throws where there is no room for another. */
  assertRoom(consumer: string): void {
    if (this.#positions.has(consumer) || this.#fresh.has(consumer)) return;
    this.#room.assert(consumer);
  }

  /** Writes a position; throws where there is no room. */
  put(consumer: string, seq: number): void {
    this.assertRoom(consumer);
    this.#put.run(consumer, seq);
    if (this.#positions.has(consumer) || this.#fresh.has(consumer)) return;
    this.#fresh.add(consumer);
    this.#room.take(consumer);
  }

  /** What was written is durable. */
  stored(consumer: string, seq: number): void {
    this.#fresh.delete(consumer);
    const kept = this.#positions.get(consumer) ?? 0;
    this.#positions.set(consumer, Math.max(kept, seq));
  }

  /** What was written lately was rolled back. */
  rolledBack(): void {
    for (const consumer of this.#fresh) this.#room.give(consumer);
    this.#fresh.clear();
  }
}
