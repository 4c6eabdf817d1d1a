/** Calls with `_rate_limited`: one after the other for an account, not too fast. @module */

import { type Clock, sleep } from "../../lib/clock.ts";
import { CommandError } from "../core/grant.ts";
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
  add({ account, clock }: Caller, run: Run): boolean {
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
      const from = clock.now();
      await this.#do(run, clock);
      await this.#pause(clock, from + PACE_MS - clock.now());
    }
    this.#waiting.delete(account);
  }

  async #do(run: Run, clock: Clock): Promise<void> {
    for (let left = TRIES; left > 0; left--) {
      try {
        await run();
        return;
      } catch (error) {
        if (!(error instanceof CommandError)) return this.#failed(error);
        // Only what was surely not done is tried again.
        const { code, retryAfterMs } = error;
        if (code !== "overloaded" && code !== "penalised") return;
        await this.#pause(clock, retryAfterMs ?? PACE_MS);
      }
    }
  }

  async #pause(clock: Clock, delayMs: number): Promise<void> {
    await sleep(clock, Math.max(0, delayMs), this.#closing.signal);
  }
}
