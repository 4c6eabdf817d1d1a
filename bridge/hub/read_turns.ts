/** Bounds what cursors that are behind read in one turn of the event loop. @module */

import { type Clock, systemClock } from "../../lib/clock.ts";
import { sharedClock } from "../../lib/shared_timers.ts";
import { nextTurn } from "../../lib/turn.ts";

/** What may be read until a turn has passed, in events: one long run, or a few short ones. */
const TURN_COST = 128;

/** What asking the journal costs, in events. */
export const JOURNAL_COST = 16;

/** A cursor, as far as it waits for a turn. */
export interface TurnReader {
  /** Sends what follows its position; `defers` is asked first. */
  pump(): void;
}

/**
 * Lets cursors read in the order in which they ask. Without it, many slow
 * readers that confirm at once would hold up the frames of all others for as
 * long as all of them read.
 */
export class ReadTurns {
  readonly #nextTurn: (run: () => void) => void;
  /** At most all open cursors. */
  readonly #waiting = new Set<TurnReader>();
  #left = TURN_COST;
  #isScheduled = false;

  /** @param clock A turn of another clock than the system's is a timer of 0 ms. */
  constructor(clock: Pick<Clock, "after">) {
    const isSystem = clock === systemClock || clock === sharedClock;
    this.#nextTurn = isSystem ? nextTurn : (run) => clock.after(0, run);
  }

  /** Whether a reader must wait for a later turn; it is pumped then. */
  defers(reader: TurnReader): boolean {
    if (this.#left > 0 && !this.#waiting.has(reader)) return false;
    this.later(reader);
    return true;
  }

  /** Pumps a reader in a later turn. */
  later(reader: TurnReader): void {
    this.#waiting.add(reader);
    this.#schedule();
  }

  /** Counts what was read. The end of a turn is not noticed, so it counts until a reader has waited for one. */
  spend(cost: number): void {
    this.#left -= cost;
  }

  /** Forgets a reader that waits. */
  forget(reader: TurnReader): void {
    this.#waiting.delete(reader);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#nextTurn(() => this.#turn());
  }

  #turn(): void {
    this.#isScheduled = false;
    this.#left = TURN_COST;
    // Those that ask again meanwhile get a later turn.
    let { size } = this.#waiting;
    try {
      for (const reader of this.#waiting) {
        if (size-- === 0 || this.#left <= 0) break;
        this.#waiting.delete(reader);
        reader.pump();
      }
    } finally {
      if (this.#waiting.size > 0) this.#schedule();
    }
  }
}
