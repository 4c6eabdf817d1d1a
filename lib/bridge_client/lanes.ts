/** Decides which command a client sends next, within the bridge's rate. @module */

import type { Clock } from "../clock.ts";

/**
 * Where a command waits: `user` for what a person or program waits for,
 * `background` for what can come later. Commands of `user` are sent first.
 *
 * @category Bridge client
 */
export type BridgeLane = "user" | "background";

/** What the lanes need of a command. */
export interface LaneCommand {
  readonly lane: BridgeLane;
  /** Called once, when the command must wait for the rate, with the wait in milliseconds. */
  onWait(waitMs: number): void;
}

export interface CommandLanesOptions<C extends LaneCommand> {
  clock: Clock;
  /** Sends a command; false if there is no connection. */
  send(command: C): boolean;
}

/** The minute of the bridge's `commandsPerMinute`. */
const MINUTE_MS = 60_000;

/**
 * The share of `commandsPerMinute` that is used: what leaves within a minute
 * may arrive within less, and a command too many is refused.
 */
const RATE_SHARE = 0.9;

/** The share of `commandsPerMinute` that the background lane uses at most. */
const BACKGROUND_SHARE = 0.5;

/** The background lane sends nothing while less than this share of `commandsPerMinute` is left. */
const RESERVED_SHARE = 0.3;

/** Maximum number of commands under way, because the bridge refuses more at a time. */
const MAX_UNDER_WAY = 64;

/** Maximum number of background commands under way. */
const MAX_BACKGROUND_UNDER_WAY = 8;

/** Maximum number of background commands that wait; beyond that the oldest is dropped. */
export const MAX_BACKGROUND_QUEUE = 64;

interface SentMark {
  readonly at: number;
  readonly lane: BridgeLane;
}

/** Two queues of commands, and what was sent within the last minute. */
export class CommandLanes<C extends LaneCommand> {
  readonly #options: CommandLanesOptions<C>;
  #queues = { user: new Set<C>(), background: new Set<C>() };
  readonly #underWay = new Set<C>();
  readonly #waits = new Set<C>();
  #sent: SentMark[] = [];
  #perMinute = 1;
  #isOpen = false;
  #pausedUntil = -Infinity;
  #cancelTimer: (() => void) | undefined;

  constructor(options: CommandLanesOptions<C>) {
    this.#options = options;
  }

  /** Number of commands under way. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** A connection begins: these commands are sent on it, in this order. */
  open(perMinute: number, commands: Iterable<C>): void {
    this.#perMinute = perMinute;
    this.#sent = [];
    this.#underWay.clear();
    this.#queues = { user: new Set(), background: new Set() };
    for (const command of commands) this.#queues[command.lane].add(command);
    this.#isOpen = true;
    this.#pump();
  }

  /** The connection is lost: nothing is sent until the next one. */
  close(): void {
    this.#isOpen = false;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Adds a command. Returns the background command that is dropped for it, if there are too many. */
  add(command: C): C | undefined {
    const queue = this.#queues[command.lane];
    queue.add(command);
    this.#pump();
    const isFull = command.lane === "background" &&
      queue.size > MAX_BACKGROUND_QUEUE;
    return isFull ? queue.values().next().value : undefined;
  }

  /** Sends a background command again, before the others of its lane. */
  repeat(command: C): void {
    this.#underWay.delete(command);
    const { background } = this.#queues;
    this.#queues.background = new Set([command, ...background]);
    this.#pump();
  }

  /** Removes a command that was answered or is not wanted any more. */
  delete(command: C): void {
    this.#waits.delete(command);
    this.#queues[command.lane].delete(command);
    this.#underWay.delete(command);
    this.#pump();
  }

  /** Lets the background lane send nothing for some time. */
  pause(forMs: number): void {
    const until = this.#options.clock.now() + forMs;
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }

  #pump(): void {
    if (!this.#isOpen) return;
    this.#forgetOld();
    for (const lane of ["user", "background"] as const) {
      for (const command of this.#queues[lane]) {
        if (!this.#allows(lane)) break;
        if (!this.#send(command)) return;
      }
    }
    this.#reportWaits();
    this.#comeBack();
  }

  /** Counts the command before it is sent, because sending may call back and pump again. */
  #send(command: C): boolean {
    const { lane } = command;
    const mark = { at: this.#options.clock.now(), lane };
    this.#queues[lane].delete(command);
    this.#underWay.add(command);
    this.#sent.push(mark);
    if (this.#options.send(command)) return true;
    this.#sent = this.#sent.filter((one) => one !== mark);
    this.#underWay.delete(command);
    this.#queues[lane] = new Set([command, ...this.#queues[lane]]);
    return false;
  }

  #allows(lane: BridgeLane): boolean {
    const left = this.#most(RATE_SHARE) - this.#sent.length;
    if (left <= 0 || this.#underWay.size >= MAX_UNDER_WAY) return false;
    if (lane === "user") return true;
    return this.#options.clock.now() >= this.#pausedUntil &&
      left >= this.#perMinute * RESERVED_SHARE &&
      countBackground(this.#sent) < this.#most(BACKGROUND_SHARE) &&
      countBackground(this.#underWay) < MAX_BACKGROUND_UNDER_WAY;
  }

  #most(share: number): number {
    return Math.max(1, Math.floor(this.#perMinute * share));
  }

  #forgetOld(): void {
    const now = this.#options.clock.now();
    while (now - (this.#sent[0]?.at ?? now) >= MINUTE_MS) this.#sent.shift();
  }

  /** Reports to each user command for how long it waits for the rate. */
  #reportWaits(): void {
    const excess = this.#sent.length - this.#most(RATE_SHARE);
    if (excess < 0) return;
    let index = excess;
    for (const command of this.#queues.user) {
      const leaves = this.#sent[Math.min(index++, this.#sent.length - 1)]!.at;
      if (this.#waits.has(command)) continue;
      this.#waits.add(command);
      command.onWait(leaves + MINUTE_MS - this.#options.clock.now());
    }
  }

  /** Sets a timer for when something of what waits can leave. */
  #comeBack(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const { user, background } = this.#queues;
    if (user.size + background.size === 0) return;
    const { clock } = this.#options;
    const now = clock.now();
    const rateAt = (this.#sent[0]?.at ?? Infinity) + MINUTE_MS;
    const isPaused = background.size > 0 && this.#pausedUntil > now;
    const next = Math.min(rateAt, isPaused ? this.#pausedUntil : Infinity);
    if (next === Infinity) return;
    this.#cancelTimer = clock.after(next - now, () => this.#pump());
  }
}

function countBackground(
  marks: Iterable<{ readonly lane: BridgeLane }>,
): number {
  let count = 0;
  for (const { lane } of marks) if (lane === "background") count++;
  return count;
}
