/** Named consumers: one connection per name, and its position in the journal. @module */

import { doubledMs } from "../../lib/backoff.ts";
import { type Clock, systemClock } from "../../lib/clock.ts";
import type { ConsumerHolds, Journal } from "../journal/journal.ts";

export interface ConsumerHolder {
  /** Called when another connection has taken the name; the connection ends. */
  onReplaced(): void;
  /** Pings its client at once; it ends if no pong comes in time. */
  checkAlive(): void;
  close(code: number, reason: string): void;
  /** Id of the connection in the log; undefined if it has none. */
  readonly connection: string | undefined;
  /** Number of events that were sent and not acknowledged. */
  readonly unacked: number;
}

/** State of a consumer. */
export interface ConsumerState {
  /** Position up to which the consumer has every event. */
  readonly position: number;
  /** When a client was last connected, in milliseconds since 1970. */
  readonly seenAt: number;
  /** The connection that holds the name; undefined if none does. */
  readonly holder: ConsumerHolder | undefined;
}

/** How a connection may go on with its consumer. */
export interface PreparedConsumer {
  /** Hold of the name on all nodes; undefined without a consumer. */
  readonly hold?: string;
  /** Whether another connection has taken the name meanwhile: this one must end. */
  readonly isReplaced: boolean;
}

/** Decides which consumers are freed. */
export interface ConsumerRetention {
  /** How long a consumer without a client is kept, in milliseconds; undefined keeps it for ever. */
  readonly keepMs: number | undefined;
  /** Names of the tokens whose consumers are kept; undefined keeps all. */
  readonly owners: ReadonlySet<string> | undefined;
}

export interface ConsumersOptions {
  /**
   * Source of time; tests pass a fake.
   *
   * @default the system's clock
   */
  readonly clock?: Pick<Clock, "now">;
  /** Called at most once a minute for a name that clients keep taking from each other. */
  readonly onContested?: (id: string) => void;
  /** Called with errors of the regular cleanup, which is repeated. */
  readonly onError?: (error: unknown) => void;
}

/** Maximum number of changes of the holder within {@linkcode CHANGES_MS}. */
export const MAX_CHANGES = 3;

export const CHANGES_MS = 60_000;

/** Retry delay of the first refused client, in milliseconds. It doubles with each refusal. */
const REFUSED_MS = 10_000;

/** Longest retry delay of a refused client, in milliseconds. */
const MAX_REFUSED_MS = 60_000;

/** Time between two reports of the same contested name, in milliseconds. */
const CONTESTED_MS = 60_000;

/** Time between two writes of when a consumer was seen, in milliseconds. */
const SEEN_MS = 60_000;

/** The same for a connected consumer: after a crash it looks at most this much older. */
const HELD_SEEN_MS = 10 * 60_000;

/** Time between two cleanups, in milliseconds. */
const FREE_MS = 60_000;

/** Maximum number of consumers that one cleanup frees, or writes as seen. The next one continues. */
const MAX_FREED = 1000;

/** A name that a connection holds. Removed when the connection ends, so connections bound their number. */
interface Claim {
  holder: ConsumerHolder;
  /** Its hold on all nodes; undefined on one machine. */
  hold: string | undefined;
  /** When the holder changed, at most {@linkcode MAX_CHANGES} times. */
  changes: number[];
  /** Number of clients refused since the last change. */
  refusals: number;
  reportedAt: number;
}

/** Pending writes of a consumer's position. */
interface Writing {
  /** The position after all of them. */
  seq: number;
  /** The connection's hold on all nodes; undefined on one machine. */
  hold: string | undefined;
  /** Whether the position is being set, possibly backwards. */
  isReset: boolean;
  /** Settles when the last write has ended, successfully or not. */
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
  /** Names that are being taken on all nodes, and who took each last. As many as connections that wait. */
  readonly #taking = new Map<
    string,
    { count: number; last: string | undefined }
  >();

  constructor(journal: Journal, options: ConsumersOptions = {}) {
    this.#journal = journal;
    this.#clock = options.clock ?? systemClock;
    this.#onContested = options.onContested ?? (() => {});
    this.#onError = options.onError ?? (() => {});
    journal.holds?.watch((id, hold) => this.#onHeld(id, hold));
  }

  /**
   * What must be awaited before a connection reads the journal: this node gets
   * what was acknowledged on any node, and the connection the consumer's name on
   * all of them. Undefined on one machine, which needs neither. Rejects like
   * `Journal.append`.
   *
   * @param id The consumer's name with the owner's prefix; undefined without a consumer.
   * @param resumes Whether the client says where it resumes. If it does not and has no consumer, it waits for nothing.
   */
  prepare(
    id: string | undefined,
    resumes: boolean,
  ): Promise<PreparedConsumer> | undefined {
    const { holds } = this.#journal;
    if (holds === undefined) return undefined;
    if (id !== undefined) return this.#take(id, holds);
    return resumes
      ? this.#journal.settle()?.then(() => ({ isReplaced: false }))
      : undefined;
  }

  async #take(id: string, holds: ConsumerHolds): Promise<PreparedConsumer> {
    const taking = this.#taking.get(id) ?? { count: 0, last: undefined };
    taking.count++;
    this.#taking.set(id, taking);
    try {
      const hold = await holds.take(id);
      return { hold, isReplaced: (taking.last ?? hold) !== hold };
    } finally {
      taking.count--;
      if (taking.count === 0) this.#taking.delete(id);
    }
  }

  /** Ends the connection of a name that another node's connection has taken. */
  #onHeld(id: string, hold: string): void {
    const taking = this.#taking.get(id);
    if (taking !== undefined) taking.last = hold;
    const claim = this.#claims.get(id);
    if (claim === undefined || this.#journal.holds!.isOwn(hold)) return;
    this.#claims.delete(id);
    claim.holder.onReplaced();
  }

  /**
   * Whether a connection must be refused the name, because its holder changed
   * too often. Pings the holder, so that a dead connection frees the name.
   *
   * @returns The retry delay in milliseconds; undefined if the name can be
   * acquired.
   */
  refuse(id: string): number | undefined {
    const claim = this.#claims.get(id);
    if (claim === undefined) return undefined;
    const now = this.#clock.now();
    claim.changes = claim.changes.filter((at) => now - at < CHANGES_MS);
    if (claim.changes.length < MAX_CHANGES) return undefined;
    const waitMs = doubledMs(REFUSED_MS, MAX_REFUSED_MS, claim.refusals);
    claim.refusals++;
    if (now - claim.reportedAt >= CONTESTED_MS) {
      claim.reportedAt = now;
      this.#onContested(id);
    }
    claim.holder.checkAlive();
    return waitMs;
  }

  /**
   * Acquires a name, replacing its holder.
   *
   * @param id The consumer's name with the owner's prefix.
   * @param holder The connection that holds it from now on.
   * @param hold Its hold on all nodes, see {@linkcode Consumers.prepare}.
   * @returns The stored position; undefined for a new name.
   */
  acquire(
    id: string,
    holder: ConsumerHolder,
    hold?: string,
  ): number | undefined {
    const claim = this.#claims.get(id);
    if (claim === undefined) {
      this.#claims.set(id, {
        holder,
        hold,
        changes: [],
        refusals: 0,
        reportedAt: -Infinity,
      });
    } else {
      const before = claim.holder;
      claim.holder = holder;
      claim.hold = hold;
      claim.changes.push(this.#clock.now());
      claim.refusals = 0;
      before.onReplaced();
    }
    this.#see(id);
    // A pending write is newer than the stored position.
    return this.#writing.get(id)?.seq ?? this.#journal.position(id);
  }

  /** Whether the position that {@linkcode Consumers.acquire} returns is not stored yet and may never be. */
  isUncertain(id: string): boolean {
    return this.#writing.get(id)?.isReset === true;
  }

  /** Releases a name, unless another connection has acquired it. */
  release(id: string, holder: ConsumerHolder): void {
    if (this.#claims.get(id)?.holder !== holder) return;
    this.#claims.delete(id);
    this.#see(id);
  }

  /** The ids of all consumers with a position, ascending, without the configuration's targets. */
  list(): string[] {
    return this.#journal.consumersOf("").filter((id) => !id.startsWith("/"))
      .sort();
  }

  /** The state of a consumer; undefined if it has no position. */
  find(id: string): ConsumerState | undefined {
    const position = this.#journal.position(id);
    if (position === undefined || id.startsWith("/")) return undefined;
    const holder = this.#claims.get(id)?.holder;
    const seenAt = holder === undefined
      ? this.#journal.seenAt(id) ?? 0
      : this.#clock.now();
    return { position, seenAt, holder };
  }

  /**
   * Deletes a consumer that no connection holds. Resolves once that is durable.
   * Rejects like `Journal.dropPosition`.
   */
  async remove(id: string): Promise<void> {
    const writing = this.#writing.get(id);
    // Pending writes end here, so that they do not restore the position.
    this.#writing.delete(id);
    await writing?.done;
    await this.#journal.dropPosition(id);
  }

  /** Closes all connections of a token's consumers, and deletes the consumers. */
  async removeOwner(owner: string): Promise<void> {
    const prefix = `${owner}/`;
    for (const [id, { holder }] of this.#claims) {
      if (id.startsWith(prefix)) holder.close(4003, "token revoked");
    }
    await Promise.all(
      this.#journal.consumersOf(prefix).map((id) => this.remove(id)),
    );
  }

  /** Frees unused names, at most once a minute. */
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

  /** Stores that a client is connected, or has just disconnected. */
  #see(id: string): void {
    const now = this.#clock.now();
    const seenAt = this.#journal.seenAt(id);
    if (seenAt === undefined || now - seenAt < SEEN_MS) return;
    this.#journal.setSeen([id], now).catch(this.#onError);
  }

  /**
   * Moves a position forwards. While a write is pending, only the latest
   * position is kept and written after it.
   */
  setPosition(
    id: string,
    seq: number,
    onError: (error: unknown) => void,
  ): void {
    const hold = this.#claims.get(id)?.hold;
    // A connection on another node has the name now.
    if (this.#journal.holds !== undefined && hold === undefined) return;
    const writing = this.#writing.get(id);
    if (writing !== undefined) {
      writing.seq = Math.max(writing.seq, seq);
      writing.hold = hold;
      writing.onError = onError;
      return;
    }
    const kept = this.#journal.position(id) ?? 0;
    const next: Writing = {
      seq: Math.max(seq, kept),
      hold,
      isReset: false,
      done: Promise.resolve(),
      onError,
    };
    this.#writing.set(id, next);
    next.done = this.#follow(id, next, -1);
  }

  /**
   * Sets a position, also backwards. Earlier pending writes cannot undo it.
   *
   * @returns Resolves once it is durable. Rejects like `Journal.resetPosition`.
   */
  async reset(id: string, seq: number): Promise<void> {
    const before = this.#writing.get(id);
    const { promise, resolve } = Promise.withResolvers<void>();
    const next: Writing = {
      seq,
      hold: this.#claims.get(id)?.hold,
      isReset: true,
      done: promise,
      onError: undefined,
    };
    this.#writing.set(id, next);
    await before?.done;
    try {
      await this.#journal.resetPosition(id, seq);
      next.isReset = false;
      // Moves that came in the meantime are written next, without anybody
      // waiting.
      next.done = this.#follow(id, next, seq);
    } catch (error) {
      if (this.#writing.get(id) === next) this.#writing.delete(id);
      throw error;
    } finally {
      resolve();
    }
  }

  /** Writes the latest position until none is newer, or a reset replaces this writer. Never rejects. */
  async #follow(id: string, next: Writing, written: number): Promise<void> {
    try {
      while (written < next.seq && this.#writing.get(id) === next) {
        written = next.seq;
        await this.#journal.setPosition(id, written, next.hold);
      }
    } catch (error) {
      next.onError?.(error);
    } finally {
      // In the same turn as the last check: a move in between would be lost.
      if (this.#writing.get(id) === next) this.#writing.delete(id);
    }
  }
}
