/** Calls with `_rate_limited`: one after the other for an account, not too fast. @module */

import { type Clock, sleep } from "../../../lib/clock.ts";
import { CommandError } from "../../errors/command_error.ts";
import type { Caller } from "./action.ts";

/** Between the beginnings of two calls, in milliseconds. */
export const PACE_MS = 500;

/** Most calls of an account that wait. */
export const PACED_CALLS = 200;

/** How often a call is tried that was not let through. */
const TRIES = 5;

type Run = () => Promise<unknown>;

/** See the module. */
export class PacedCalls {
  readonly #failed: (error: unknown) => void;
  readonly #waiting = new Map<string, Run[]>();
  readonly #closing = new AbortController();

  /** @param failed Is told of what should not happen. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  /** Puts a call behind the others of its account; false where too many wait. */
  add(
    { account, clock }: Pick<Caller, "account" | "clock">,
    run: Run,
  ): boolean {
    const waiting = this.#waiting.get(account);
    if (waiting !== undefined) {
      return waiting.length < PACED_CALLS && waiting.push(run) > 0;
    }
    const calls = [run];
    this.#waiting.set(account, calls);
    this.#work(account, calls, clock).catch(() => {});
    return true;
  }

  /** Forgets what waits. */
  close(): void {
    this.#closing.abort();
  }

  async #work(account: string, calls: Run[], clock: Clock): Promise<void> {
    for (let run; (run = calls.shift()) !== undefined;) {
      const begunAt = await this.#do(run, clock);
      await this.#pause(clock, begunAt + PACE_MS - clock.now());
    }
    this.#waiting.delete(account);
  }

  /** Gives when it was tried last. */
  async #do(run: Run, clock: Clock): Promise<number> {
    for (let left = TRIES;; left--) {
      const begunAt = clock.now();
      try {
        await run();
        return begunAt;
      } catch (error) {
        if (!(error instanceof CommandError)) {
          this.#failed(error);
          return begunAt;
        }
        // Only what was surely not done is tried again.
        const { code, retryAfterMs } = error;
        const wasLet = code !== "overloaded" && code !== "penalised";
        if (wasLet || left === 1) return begunAt;
        await this.#pause(clock, retryAfterMs ?? PACE_MS);
      }
    }
  }

  async #pause(clock: Clock, delayMs: number): Promise<void> {
    await sleep(clock, Math.max(0, delayMs), this.#closing.signal);
  }
}
