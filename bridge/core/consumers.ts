/** Clients that name themselves: one connection a name, and its position in the journal. @module */

import type { Journal } from "../journal/journal.ts";

/** What a second connection of a name does to the first. */
export interface Holder {
  /** Ends it: another connection has taken its name. */
  replaced(): void;
}

/** See the module. */
export class Consumers {
  readonly #journal: Journal;
  readonly #holders = new Map<string, Holder>();
  readonly #moving = new Map<string, { seq: number }>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /**
   * Takes a name over.
   *
   * @param id The consumer, told apart by token.
   * @param holder Its connection from now on.
   * @returns The position that was kept, or undefined for a new name.
   */
  take(id: string, holder: Holder): number | undefined {
    const before = this.#holders.get(id);
    this.#holders.set(id, holder);
    before?.replaced();
    // What is being written is newer than what can be read.
    const kept = this.#journal.position(id);
    const moving = this.#moving.get(id)?.seq;
    return moving === undefined ? kept : Math.max(moving, kept ?? 0);
  }

  /** Gives a name back, unless another connection has taken it. */
  give(id: string, holder: Holder): void {
    if (this.#holders.get(id) === holder) this.#holders.delete(id);
  }

  /** Moves a position. While one write is under way only the latest is kept to follow it. */
  move(id: string, seq: number, failed: (error: unknown) => void): void {
    const moving = this.#moving.get(id);
    if (moving !== undefined) {
      moving.seq = Math.max(moving.seq, seq);
      return;
    }
    const next = { seq };
    this.#moving.set(id, next);
    void this.#write(id, next, failed);
  }

  async #write(
    id: string,
    next: { seq: number },
    failed: (error: unknown) => void,
  ): Promise<void> {
    try {
      for (let written = -1; written < next.seq;) {
        written = next.seq;
        await this.#journal.setPosition(id, written);
      }
    } catch (error) {
      failed(error);
    } finally {
      // In the same turn as the last look at it: a move in between would be lost.
      this.#moving.delete(id);
    }
  }
}
