/** Clients that name themselves: one connection per name, and its position in the journal. @module */

import { type Clock, systemClock } from "../../lib/clock.ts";
import type { Journal } from "../journal/journal.ts";

/** The connection that holds a consumer's name. */
export interface Holder {
  /** Ends it: another connection has taken its name. */
  replaced(): void;
  /** Pings its client at once; it ends if no pong comes in time. */
  checkAlive(): void;
}

/** How {@linkcode Consumers} are made. */
export interface ConsumersOptions {
  /**
   * Source of time; tests pass a fake.
   *
   * @default the system's clock
   */
  readonly clock?: Pick<Clock, "now">;
  /** Called at most once a minute for a name that its clients take from each other. */
  readonly onContested?: (id: string) => void;
}

/** How often a name may change hands within {@linkcode CHANGES_MS}. */
export const MAX_CHANGES = 3;

/** The time in which changes of hands are counted, in milliseconds. */
export const CHANGES_MS = 60_000;

/** First wait of a client that is refused a name, in milliseconds; it doubles each time. */
const REFUSED_MS = 10_000;

/** Longest wait of a client that is refused a name, in milliseconds. */
const MAX_REFUSED_MS = 60_000;

/** Time between two reports of one contested name, in milliseconds. */
const CONTESTED_MS = 60_000;

/** A name that a connection holds; dropped when that ends, so there are as many as connections. */
interface Claim {
  holder: Holder;
  /** When the name changed hands lately, at most {@linkcode MAX_CHANGES} times. */
  changes: number[];
  /** How many clients were refused since the last change. */
  refusals: number;
  reportedAt: number;
}

/** The writes of a consumer's position that are under way. */
interface Writing {
  /** The position once all are done. */
  seq: number;
  /** Whether the position is being set, perhaps backwards. */
  isReset: boolean;
  /** Settles when the last write is done, however it went. */
  done: Promise<void>;
  onError: ((error: unknown) => void) | undefined;
}

/** The names that connections hold, and their positions. */
export class Consumers {
  readonly #journal: Journal;
  readonly #clock: Pick<Clock, "now">;
  readonly #onContested: (id: string) => void;
  readonly #claims = new Map<string, Claim>();
  readonly #writing = new Map<string, Writing>();

  constructor(journal: Journal, options: ConsumersOptions = {}) {
    this.#journal = journal;
    this.#clock = options.clock ?? systemClock;
    this.#onContested = options.onContested ?? (() => {});
  }

  /**
   * Whether a connection must be refused a name, because it changed hands too
   * often. Its holder is pinged then, so that a dead one frees the name.
   *
   * @returns When to come again, in milliseconds; undefined if the name can be taken.
   */
  refuse(id: string): number | undefined {
    const claim = this.#claims.get(id);
    if (claim === undefined) return undefined;
    const now = this.#clock.now();
    claim.changes = claim.changes.filter((at) => now - at < CHANGES_MS);
    if (claim.changes.length < MAX_CHANGES) return undefined;
    const waitMs = Math.min(REFUSED_MS * 2 ** claim.refusals, MAX_REFUSED_MS);
    claim.refusals++;
    if (now - claim.reportedAt >= CONTESTED_MS) {
      claim.reportedAt = now;
      this.#onContested(id);
    }
    claim.holder.checkAlive();
    return waitMs;
  }

  /**
   * Takes a name over.
   *
   * @param id The consumer, told apart by token.
   * @param holder Its connection from now on.
   * @returns The position that was kept, or undefined for a new name.
   */
  take(id: string, holder: Holder): number | undefined {
    const claim = this.#claims.get(id);
    if (claim === undefined) {
      this.#claims.set(id, {
        holder,
        changes: [],
        refusals: 0,
        reportedAt: -Infinity,
      });
    } else {
      const before = claim.holder;
      claim.holder = holder;
      claim.changes.push(this.#clock.now());
      claim.refusals = 0;
      before.replaced();
    }
    // What is being written is newer than what can be read.
    return this.#writing.get(id)?.seq ?? this.#journal.position(id);
  }

  /** Whether the position that {@linkcode Consumers.take} returns is not stored yet and may never be. */
  isUncertain(id: string): boolean {
    return this.#writing.get(id)?.isReset === true;
  }

  /** Gives a name back, unless another connection has taken it. */
  give(id: string, holder: Holder): void {
    if (this.#claims.get(id)?.holder === holder) this.#claims.delete(id);
  }

  /** Moves a position forwards. While one write is under way only the latest is kept to follow it. */
  move(id: string, seq: number, onError: (error: unknown) => void): void {
    const writing = this.#writing.get(id);
    if (writing !== undefined) {
      writing.seq = Math.max(writing.seq, seq);
      writing.onError = onError;
      return;
    }
    const kept = this.#journal.position(id) ?? 0;
    const next: Writing = {
      seq: Math.max(seq, kept),
      isReset: false,
      done: Promise.resolve(),
      onError,
    };
    this.#writing.set(id, next);
    next.done = this.#follow(id, next, -1);
  }

  /**
   * Sets a position, also backwards. What is being written before cannot undo it.
   *
   * @returns Resolves once it is durable. Rejects as `Journal.resetPosition`.
   */
  async reset(id: string, seq: number): Promise<void> {
    const before = this.#writing.get(id);
    const { promise, resolve } = Promise.withResolvers<void>();
    const next: Writing = {
      seq,
      isReset: true,
      done: promise,
      onError: undefined,
    };
    this.#writing.set(id, next);
    await before?.done;
    try {
      await this.#journal.resetPosition(id, seq);
      next.isReset = false;
      // Moves that came meanwhile follow; nobody waits for them here.
      next.done = this.#follow(id, next, seq);
    } catch (error) {
      if (this.#writing.get(id) === next) this.#writing.delete(id);
      throw error;
    } finally {
      resolve();
    }
  }

  /** Writes the latest position until there is none newer, or a reset takes over. Never rejects. */
  async #follow(id: string, next: Writing, written: number): Promise<void> {
    try {
      while (written < next.seq && this.#writing.get(id) === next) {
        written = next.seq;
        await this.#journal.setPosition(id, written);
      }
    } catch (error) {
      next.onError?.(error);
    } finally {
      // In the same turn as the last look at it: a move in between would be lost.
      if (this.#writing.get(id) === next) this.#writing.delete(id);
    }
  }
}
