/** Clients that name themselves: one connection per name, and its position in the journal. @module */

import { type Clock, systemClock } from "../../lib/clock.ts";
import type { Journal } from "../journal/journal.ts";

/** The connection that holds a consumer's name. */
export interface ConsumerHolder {
  /** Ends it: another connection has taken its name. */
  onReplaced(): void;
  /** Pings its client at once; it ends if no pong comes in time. */
  checkAlive(): void;
  /** Closes it with a close code. */
  close(code: number, reason: string): void;
  /** Id of the connection in the log, if the front gives it one. */
  readonly connection: string | undefined;
  /** Number of events that were sent and are not confirmed. */
  readonly unacked: number;
}

/** A consumer's name, held or not. */
export interface ConsumerState {
  /** Its position: it has everything up to it. */
  readonly position: number;
  /** When a client was connected last, in milliseconds since 1970. */
  readonly seenAt: number;
  /** The connection that holds the name. */
  readonly holder: ConsumerHolder | undefined;
}

/** Which consumers are freed. */
export interface ConsumerRetention {
  /** How long a consumer is kept that no client uses, in milliseconds; for ever if undefined. */
  readonly keepMs: number | undefined;
  /** Names of the tokens whose consumers are kept; all if undefined. */
  readonly owners: ReadonlySet<string> | undefined;
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
  /** Called with what fails while consumers are looked after; it is tried again. */
  readonly onError?: (error: unknown) => void;
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

/** Time between two writes of when a consumer was seen, in milliseconds. */
const SEEN_MS = 60_000;

/** The same while it stays connected: a crash makes it look as old at most. */
const HELD_SEEN_MS = 10 * 60_000;

/** Time between two looks for consumers to free, in milliseconds. */
const FREE_MS = 60_000;

/** Most consumers that are freed, or written as seen, at a look; the rest follows at the next. */
const MAX_FREED = 1000;

/** A name that a connection holds; dropped when that ends, so there are as many as connections. */
interface Claim {
  holder: ConsumerHolder;
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
  readonly #onError: (error: unknown) => void;
  #lookAt = -Infinity;
  readonly #claims = new Map<string, Claim>();
  readonly #writing = new Map<string, Writing>();

  constructor(journal: Journal, options: ConsumersOptions = {}) {
    this.#journal = journal;
    this.#clock = options.clock ?? systemClock;
    this.#onContested = options.onContested ?? (() => {});
    this.#onError = options.onError ?? (() => {});
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
  acquire(id: string, holder: ConsumerHolder): number | undefined {
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
      before.onReplaced();
    }
    this.#see(id);
    // What is being written is newer than what can be read.
    return this.#writing.get(id)?.seq ?? this.#journal.position(id);
  }

  /** Whether the position that {@linkcode Consumers.acquire} returns is not stored yet and may never be. */
  isUncertain(id: string): boolean {
    return this.#writing.get(id)?.isReset === true;
  }

  /** Gives a name back, unless another connection has taken it. */
  release(id: string, holder: ConsumerHolder): void {
    if (this.#claims.get(id)?.holder !== holder) return;
    this.#claims.delete(id);
    this.#see(id);
  }

  /** The ids of all consumers with a position, ascending. Targets of the configuration are none. */
  list(): string[] {
    return this.#journal.consumersOf("").filter((id) => !id.startsWith("/"))
      .sort();
  }

  /** What is known of a consumer; undefined if it has no position. */
  find(id: string): ConsumerState | undefined {
    const position = this.#journal.position(id);
    if (position === undefined || id.startsWith("/")) return undefined;
    const holder = this.#claims.get(id)?.holder;
    const seenAt = holder === undefined
      ? this.#journal.seenAt(id) ?? 0
      : this.#clock.now();
    return { position, seenAt, holder };
  }

  /** Forgets a consumer that no connection holds; durable when it resolves. Rejects as `Journal.dropPosition`. */
  async remove(id: string): Promise<void> {
    const writing = this.#writing.get(id);
    // Its writes stop, and must not bring it back.
    this.#writing.delete(id);
    await writing?.done;
    await this.#journal.dropPosition(id);
  }

  /** Closes all connections of a token's consumers, and forgets these. */
  async removeOwner(owner: string): Promise<void> {
    const prefix = `${owner}/`;
    for (const [id, { holder }] of this.#claims) {
      if (id.startsWith(prefix)) holder.close(4003, "token revoked");
    }
    await Promise.all(
      this.#journal.consumersOf(prefix).map((id) => this.remove(id)),
    );
  }

  /** Frees the names that nobody uses any more, about once a minute. */
  async lookAfter({ keepMs, owners }: ConsumerRetention): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#lookAt < FREE_MS) return;
    this.#lookAt = now;
    const isOld = (id: string, ms: number) =>
      now - (this.#journal.seenAt(id) ?? now) >= ms;
    const held = [...this.#claims.keys()]
      .filter((id) => isOld(id, HELD_SEEN_MS)).slice(0, MAX_FREED);
    const free = this.list().filter((id) =>
      !this.#claims.has(id) && !this.#writing.has(id) &&
      (keepMs !== undefined && isOld(id, keepMs) ||
        owners !== undefined && !owners.has(id.split("/", 1)[0]!))
    ).slice(0, MAX_FREED);
    try {
      if (held.length > 0) await this.#journal.setSeen(held, now);
      await Promise.all(free.map((id) => this.remove(id)));
    } catch (error) {
      this.#onError(error);
    }
  }

  /** Stores that a client is connected, or was until now. */
  #see(id: string): void {
    const now = this.#clock.now();
    const seenAt = this.#journal.seenAt(id);
    if (seenAt === undefined || now - seenAt < SEEN_MS) return;
    this.#journal.setSeen([id], now).catch(this.#onError);
  }

  /** Moves a position forwards. While one write is under way only the latest is kept to follow it. */
  setPosition(
    id: string,
    seq: number,
    onError: (error: unknown) => void,
  ): void {
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
