/** Queue of an account's write commands. @module */

import { type Clock, sleep } from "../../lib/clock.ts";
import { LazyController } from "../../lib/signals.ts";
import { CommandError } from "../errors/command_error.ts";

/** Options of an {@linkcode Outbox}. */
export interface OutboxOptions {
  clock: Clock;
  /**
   * When the server may have accepted a command of each kind just before.
   *
   * @default {now}
   */
  startedAt?: number;
  /**
   * Minimum time between two commands of one kind, and between the start and
   * the first command of each kind, in milliseconds.
   *
   * @default {1000}
   */
  gapMs?: number;
  /**
   * Maximum number of waiting commands; a further one rejects with `overloaded`.
   *
   * @default {100}
   */
  limit?: number;
  /**
   * How long nothing is sent after a RES=3, in milliseconds.
   *
   * @default {20000}
   */
  penaltyMs?: number;
}

/** A command in the outbox. */
export interface QueuedCommand<T> {
  /** Settles with the command's result; rejects if the command is withdrawn. */
  readonly result: Promise<T>;
  /** Resolves when the command begins; stays pending if it is withdrawn. */
  readonly begun: Promise<void>;
  /** Rejects the command with an error unless it has begun. Returns whether it did. */
  withdraw(error: Error): boolean;
}

interface Item {
  kind: string;
  act: () => Promise<unknown>;
  begin: () => void;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** Runs commands one after the other, with a gap between two of one kind, and pauses after a penalty. */
export class Outbox {
  readonly #clock: Clock;
  readonly #gapMs: number;
  readonly #limit: number;
  readonly #penaltyMs: number;
  /** When a command of each kind ended; undefined before the first one. */
  #lastAt: Map<string, number> | undefined;
  readonly #startedAt: number;
  readonly #closing = new LazyController();
  #queue: Item[] = [];
  #claimed = 0;
  #pausedUntil = 0;
  #working: Promise<void> | undefined;

  constructor(options: OutboxOptions) {
    this.#clock = options.clock;
    this.#gapMs = options.gapMs ?? 1000;
    this.#limit = options.limit ?? 100;
    this.#penaltyMs = options.penaltyMs ?? 20_000;
    this.#startedAt = options.startedAt ?? options.clock.now();
  }

  /** Number of waiting commands. */
  get length(): number {
    return this.#queue.length;
  }

  /** How long nothing is sent because of a penalty, in milliseconds. */
  get pausedMs(): number {
    return Math.max(0, this.#pausedUntil - this.#clock.now());
  }

  /**
   * Reserves a place for a command that is recorded before it is queued, so that
   * nothing is recorded for a full queue. Throws like {@linkcode Outbox.submit}.
   *
   * @returns Releases the place; must be called once, just before `submit`.
   */
  reserve(): () => void {
    this.#assertRoom();
    this.#claimed++;
    return () => void this.#claimed--;
  }

  /**
   * Queues a command.
   *
   * @param kind Commands of one kind keep the gap between them.
   * @param act Executes the command. A CommandError `penalised` with
   * `retryAfterMs` pauses the outbox.
   */
  submit<T>(kind: string, act: () => Promise<T>): QueuedCommand<T> {
    if (this.#closing.isAborted) {
      throw new CommandError(
        "overloaded",
        "Cannot take a command: the bridge is shutting down",
      );
    }
    this.#assertRoom();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const item: Item = {
      kind,
      act,
      begin,
      resolve: resolve as (value: unknown) => void,
      reject,
    };
    this.#queue.push(item);
    this.#working ??= this.#work();
    return {
      result: promise,
      begun,
      withdraw: (error) => {
        const index = this.#queue.indexOf(item);
        if (index < 0) return false;
        this.#queue.splice(index, 1);
        reject(error);
        return true;
      },
    };
  }

  #assertRoom(): void {
    if (this.#queue.length + this.#claimed < this.#limit) return;
    throw new CommandError(
      "overloaded",
      `Cannot take a command: at most ${this.#limit} may wait for an account`,
      { retryAfterMs: this.#gapMs * this.#limit + this.pausedMs },
    );
  }

  /** Rejects waiting and further commands, and resolves when the one under way has ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const { reject } of this.#queue.splice(0)) {
      reject(
        new CommandError(
          "overloaded",
          "Command was not sent: the bridge is shutting down",
        ),
      );
    }
    await this.#working;
  }

  async #work(): Promise<void> {
    for (;;) {
      const waitMs = this.#waitMs();
      if (waitMs > 0) {
        try {
          await sleep(this.#clock, waitMs, this.#closing.signal);
        } catch {
          break;
        }
        continue;
      }
      const item = this.#queue.shift();
      if (item === undefined) break;
      await this.#do(item);
    }
    this.#working = undefined;
  }

  #waitMs(): number {
    const item = this.#queue[0];
    if (item === undefined) return 0;
    const readyAt = (this.#lastAt?.get(item.kind) ?? this.#startedAt) +
      this.#gapMs;
    return Math.max(readyAt, this.#pausedUntil) - this.#clock.now();
  }

  async #do(item: Item): Promise<void> {
    item.begin();
    try {
      const value = await item.act();
      // Counted from the reply, because the server counts from when it accepted the last command.
      this.#ended(item.kind);
      item.resolve(value);
    } catch (error) {
      this.#ended(item.kind);
      if (
        error instanceof CommandError && error.code === "penalised" &&
        error.retryAfterMs !== undefined
      ) {
        this.#pausedUntil = this.#clock.now() + this.#penaltyMs;
      }
      item.reject(error);
    }
  }

  #ended(kind: string): void {
    this.#lastAt ??= new Map();
    this.#lastAt.set(kind, this.#clock.now());
  }
}
