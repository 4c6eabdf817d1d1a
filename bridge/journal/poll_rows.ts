/** The rows of polls: how many of each account the journal holds. @module */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Most accounts whose polls are known by heart; the others' are looked up. */
const POLLS_IN_MEMORY = 100_000;

/** See the module. */
export class PollRows {
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #numbers = new Map<string, number>();

  constructor(database: DatabaseSync) {
    this.#get = database.prepare("SELECT number FROM polls WHERE account = ?");
    this.#put = database.prepare(
      `INSERT INTO polls (account, number) VALUES (?, ?)
      ON CONFLICT (account) DO UPDATE
      SET number = excluded.number, epoch = NULL`,
    );
  }

  /** The number of an account's last poll; 0 where there is none. */
  get(account: string): number {
    const known = this.#numbers.get(account);
    if (known !== undefined) return known;
    const number = this.#get.get(account)?.["number"] ?? 0;
    this.stored(account, number as number);
    return number as number;
  }

  /** Writes a number; it counts once it is `stored`. */
  put(account: string, number: number): void {
    this.#put.run(account, number);
  }

  /** What was written is durable. */
  stored(account: string, number: number): void {
    if (this.#numbers.size >= POLLS_IN_MEMORY) this.#numbers.clear();
    this.#numbers.set(account, number);
  }
}
