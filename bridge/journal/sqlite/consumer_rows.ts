/** Rows of consumers' positions. @module */

import type { SqlSource, SqlStatement } from "../../sqlite/sql_database.ts";
import { ConsumerQuota } from "../consumer_quota.ts";
import type { JournalLimits } from "../limits.ts";

/** Stores consumers' positions. All of them are kept in memory. */
export class ConsumerRows {
  readonly #room: ConsumerQuota;
  readonly #put: SqlStatement;
  readonly #reset: SqlStatement;
  readonly #drop: SqlStatement;
  readonly #see: SqlStatement;
  readonly #positions = new Map<string, number>();
  /** When a client was last connected. For a position that is being written, when that began. */
  readonly #seen = new Map<string, number>();
  /** Number of pending resets and drops per consumer. */
  readonly #resetting = new Map<string, number>();
  /** Consumers that the current transaction writes for the first time. */
  readonly #fresh = new Set<string>();

  constructor(database: SqlSource, limits: Required<JournalLimits>) {
    this.#room = new ConsumerQuota(limits);
    this.#put = database.prepare(
      `INSERT INTO consumers VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE
      SET seq = max(seq, excluded.seq)`,
    );
    this.#reset = database.prepare(
      `INSERT INTO consumers VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE
      SET seq = excluded.seq`,
    );
    this.#drop = database.prepare("DELETE FROM consumers WHERE name = ?");
    this.#see = database.prepare(
      "UPDATE consumers SET seen_at = ? WHERE name = ?",
    );
    const rows = database.prepare("SELECT name, seq, seen_at FROM consumers")
      .all();
    for (const { name, seq, seen_at } of rows) {
      this.#positions.set(name as string, seq as number);
      this.#seen.set(name as string, seen_at as number);
      this.#room.acquire(name as string);
    }
  }

  get(consumer: string): number | undefined {
    return this.#positions.get(consumer);
  }

  seenAt(consumer: string): number | undefined {
    return this.#positions.has(consumer) ? this.#seen.get(consumer) : undefined;
  }

  /** Writes when clients of consumers were connected. */
  see(consumers: readonly string[], at: number): void {
    for (const consumer of consumers) this.#see.run(at, consumer);
  }

  /** Called when these writes are durable. */
  seen(consumers: readonly string[], at: number): void {
    for (const consumer of consumers) {
      if (this.#positions.has(consumer)) this.#seen.set(consumer, at);
    }
  }

  /** Throws JournalLimitError if a limit is reached. */
  assertRoom(consumer: string): void {
    if (this.#positions.has(consumer) || this.#fresh.has(consumer)) return;
    this.#room.check(consumer);
  }

  /** Whether a position that is being written may be below the stored one. */
  isResetting(consumer: string): boolean {
    return this.#resetting.has(consumer);
  }

  /** Registers a pending reset or drop. Returns a function that ends it. */
  beginReset(consumer: string): () => void {
    const count = this.#resetting.get(consumer) ?? 0;
    this.#resetting.set(consumer, count + 1);
    return () => {
      const left = this.#resetting.get(consumer)! - 1;
      if (left === 0) this.#resetting.delete(consumer);
      else this.#resetting.set(consumer, left);
    };
  }

  /**
   * Writes a position that may be lower.
   *
   * @throws {JournalLimitError} If a limit is reached.
   */
  reset(consumer: string, seq: number, now: number): void {
    this.#write(this.#reset, consumer, seq, now);
  }

  /** Called when a reset is durable. */
  wasReset(consumer: string, seq: number, now: number): void {
    this.#count(consumer, now);
    this.#positions.set(consumer, seq);
  }

  /** Throws JournalLimitError if a limit is reached. */
  put(consumer: string, seq: number, now: number): void {
    this.#write(this.#put, consumer, seq, now);
  }

  #write(
    statement: SqlStatement,
    consumer: string,
    seq: number,
    now: number,
  ): void {
    this.assertRoom(consumer);
    statement.run(consumer, seq, now);
    if (this.#positions.has(consumer) || this.#fresh.has(consumer)) return;
    this.#fresh.add(consumer);
    this.#seen.set(consumer, now);
    this.#room.acquire(consumer);
  }

  /** Consumers whose names start with a prefix. */
  of(prefix: string): string[] {
    return [...this.#positions.keys()].filter((one) => one.startsWith(prefix));
  }

  /** Deletes a position. It is known until `dropped` is called. */
  drop(consumer: string): void {
    this.#drop.run(consumer);
  }

  /** Called when a deletion is durable. */
  dropped(consumer: string): void {
    this.#seen.delete(consumer);
    if (this.#positions.delete(consumer)) this.#room.release(consumer);
  }

  /** Called when a position is durable. */
  stored(consumer: string, seq: number, now: number): void {
    this.#count(consumer, now);
    const kept = this.#positions.get(consumer) ?? 0;
    this.#positions.set(consumer, Math.max(kept, seq));
  }

  /** Counts a consumer that was dropped and written again in one transaction. */
  #count(consumer: string, now: number): void {
    const isCounted = this.#fresh.delete(consumer) ||
      this.#positions.has(consumer);
    if (!isCounted) this.#room.acquire(consumer);
    if (!this.#seen.has(consumer)) this.#seen.set(consumer, now);
  }

  /** Called when the transaction was rolled back. */
  rolledBack(): void {
    for (const consumer of this.#fresh) {
      this.#room.release(consumer);
      this.#seen.delete(consumer);
    }
    this.#fresh.clear();
  }
}
