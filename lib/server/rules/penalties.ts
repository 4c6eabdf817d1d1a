/** Commands that come too fast, and answers that come late. @module */

import { type Clock, sleep } from "../../clock.ts";

/** Holds late answers back, so many an account. */
export class Penalties {
  #clock: Clock;
  #most: number;
  #held = new Map<string, number>();
  #closed = new AbortController();

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /**
   * Waits. False where nobody is to be answered any more: the client is gone,
   * or too many answers of the account are held already.
   */
  async hold(
    uin: string,
    lateMs: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const held = this.#held.get(uin) ?? 0;
    if (held >= this.#most) return false;
    this.#held.set(uin, held + 1);
    try {
      await sleep(
        this.#clock,
        lateMs,
        AbortSignal.any([signal, this.#closed.signal]),
      );
    } catch {
      return !signal.aborted;
    } finally {
      const left = this.#held.get(uin)! - 1;
      if (left === 0) this.#held.delete(uin);
      else this.#held.set(uin, left);
    }
    return true;
  }

  /** Ends all waits at once. */
  close(): void {
    this.#closed.abort();
  }
}

/** The commands that are paced. */
export type PacedCommand = "CLTMSG" | "Change_Stat" | "Ack_AddToList";

/** What is left of a burst. */
interface Credits {
  left: number;
  /** When one came back last, or the first was taken. */
  since: number;
}

/** How often an account may do each paced command: some at once, then one each gap. */
export class SendPace {
  readonly #clock: Clock;
  readonly #gapMs: number;
  readonly #burst: number;
  readonly #byUin = new Map<string, Partial<Record<PacedCommand, Credits>>>();

  constructor(clock: Clock, gapMs: number, burst: number) {
    this.#clock = clock;
    this.#gapMs = gapMs;
    this.#burst = burst;
  }

  /** Whether a command comes too early. */
  isTooFast(uin: string, cmd: PacedCommand): boolean {
    return this.#gapMs > 0 && this.#credits(uin, cmd).left === 0;
  }

  /** Notes that a command was accepted, and returns how to take that back. */
  accept(uin: string, cmd: PacedCommand): () => void {
    if (this.#gapMs === 0) return () => {};
    const { left, since } = this.#credits(uin, cmd);
    const before = this.#byUin.get(uin)?.[cmd];
    const isFull = left === this.#burst;
    this.#set(uin, cmd, {
      left: Math.max(0, left - 1),
      since: isFull ? this.#clock.now() : since,
    });
    return () => this.#set(uin, cmd, before);
  }

  delete(uin: string): void {
    this.#byUin.delete(uin);
  }

  #credits(uin: string, cmd: PacedCommand): Credits {
    const now = this.#clock.now();
    const credits = this.#byUin.get(uin)?.[cmd];
    if (credits === undefined) return { left: this.#burst, since: now };
    const back = Math.floor((now - credits.since) / this.#gapMs);
    return {
      left: Math.min(this.#burst, credits.left + back),
      since: credits.since + back * this.#gapMs,
    };
  }

  #set(uin: string, cmd: PacedCommand, credits: Credits | undefined): void {
    const all = this.#byUin.get(uin) ?? {};
    if (credits === undefined) delete all[cmd];
    else all[cmd] = credits;
    this.#byUin.set(uin, all);
  }
}
