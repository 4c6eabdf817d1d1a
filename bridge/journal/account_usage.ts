/** What the events of each account take in the journal, and how far they were trimmed. @module */

/**
 * How far events were trimmed, by account.
 *
 * @category Edge
 */
export interface TrimmedPositions {
  /** Position of the last trimmed event of all accounts; 0 if there is none. */
  readonly last: number;
  /** Position of the last trimmed event of accounts that are no longer known. */
  readonly forgotten: number;
  /** Position of an account's last trimmed event; `forgotten` if the account is not known. */
  of(account: string): number;
  /** The known accounts, each with the position of its last trimmed event. */
  entries(): Iterable<[account: string, seq: number]>;
}

/** An event that is trimmed. */
export interface TrimmedEvent {
  readonly seq: number;
  readonly account: string;
  /** Bytes that it counts in retention. */
  readonly bytes: number;
}

/** The usage of one account. */
export interface UsageRow {
  /** Bytes of its kept events. */
  bytes: number;
  /** Position of its last trimmed event. */
  trimmed: number;
}

/** Counts bytes and trimmed positions by account. */
export class AccountUsage implements TrimmedPositions {
  readonly #rows = new Map<string, UsageRow>();
  #bytes = 0;
  #last = 0;
  #forgotten = 0;

  /** Bytes of all kept events. */
  get bytes(): number {
    return this.#bytes;
  }

  get last(): number {
    return this.#last;
  }

  get forgotten(): number {
    return this.#forgotten;
  }

  of(account: string): number {
    return this.#rows.get(account)?.trimmed ?? this.#forgotten;
  }

  *entries(): Iterable<[account: string, seq: number]> {
    for (const [account, { trimmed }] of this.#rows) yield [account, trimmed];
  }

  get(account: string): UsageRow | undefined {
    return this.#rows.get(account);
  }

  /** The accounts that have events. */
  accounts(): string[] {
    return [...this.#rows].filter(([, { bytes }]) => bytes > 0)
      .map(([account]) => account);
  }

  /** The bytes of each account. */
  *usages(): Iterable<[account: string, bytes: number]> {
    for (const [account, { bytes }] of this.#rows) yield [account, bytes];
  }

  /** Sets what a file holds of an account. */
  load(account: string, row: UsageRow): void {
    this.#bytes += row.bytes;
    this.#last = Math.max(this.#last, row.trimmed);
    this.#rows.set(account, { ...row });
  }

  /** Sets the position up to which unknown accounts were trimmed. */
  loadForgotten(seq: number): void {
    this.#forgotten = seq;
    this.#last = Math.max(this.#last, seq);
  }

  /** Counts an event that was stored. */
  add(account: string, bytes: number): void {
    this.#bytes += bytes;
    const row = this.#rows.get(account);
    if (row !== undefined) row.bytes += bytes;
    else this.#rows.set(account, { bytes, trimmed: this.#forgotten });
  }

  /** Counts trimmed events, ascending. Returns a function that undoes it. */
  trim(events: readonly TrimmedEvent[]): () => void {
    const rows = new Map<string, UsageRow>();
    const [bytes, last] = [this.#bytes, this.#last];
    for (const event of events) {
      const row = this.#rows.get(event.account);
      if (row === undefined) continue;
      if (!rows.has(event.account)) rows.set(event.account, { ...row });
      row.bytes -= event.bytes;
      row.trimmed = event.seq;
      this.#bytes -= event.bytes;
      this.#last = Math.max(this.#last, event.seq);
    }
    return () => {
      for (const [account, row] of rows) this.#rows.set(account, row);
      this.#bytes = bytes;
      this.#last = last;
    };
  }

  /**
   * Forgets a removed account that has no events after those that were trimmed
   * of all accounts, so that removed accounts do not add up.
   *
   * @param oldest Position of the oldest event of all.
   */
  forget(account: string, oldest: number): void {
    const row = this.#rows.get(account);
    if (row === undefined || row.bytes > 0 || row.trimmed >= oldest) return;
    this.#forgotten = Math.max(this.#forgotten, row.trimmed);
    this.#rows.delete(account);
  }
}
