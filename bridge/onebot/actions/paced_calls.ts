/** Calls whose name ends in `_rate_limited`. @module */

import { type Clock, sleep } from "../../../lib/clock.ts";
import { CommandError } from "../../errors/command_error.ts";
import type { CallContext } from "../../endpoint/calls.ts";

/** Least time between the starts of two calls, in milliseconds. */
export const PACE_MS = 500;

/** Maximum number of calls of an account that wait; further ones are rejected. */
export const MAX_PACED_CALLS = 200;

/** How often a call is tried that was overloaded or penalised. */
const MAX_TRIES = 5;

type Run = () => Promise<unknown>;

/** Runs the calls of each account one after the other, with pauses. */
export class PacedCalls {
  readonly #onError: (error: unknown) => void;
  readonly #waiting = new Map<string, Run[]>();
  readonly #closing = new AbortController();

  /** @param onError Called with errors that should not happen. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Queues a call; returns `false` if too many calls of its account wait. */
  add(
    { account, clock }: Pick<CallContext, "account" | "clock">,
    run: Run,
  ): boolean {
    const waiting = this.#waiting.get(account);
    if (waiting !== undefined) {
      return waiting.length < MAX_PACED_CALLS && waiting.push(run) > 0;
    }
    const calls = [run];
    this.#waiting.set(account, calls);
    this.#work(account, calls, clock).catch(() => {});
    return true;
  }

  /** Drops the calls that wait. */
  close(): void {
    this.#closing.abort();
  }

  async #work(account: string, calls: Run[], clock: Clock): Promise<void> {
    for (let run; (run = calls.shift()) !== undefined;) {
      const startedAt = await this.#do(run, clock);
      await this.#pause(clock, startedAt + PACE_MS - clock.now());
    }
    this.#waiting.delete(account);
  }

  /** Runs a call, and returns when it was tried last. */
  async #do(run: Run, clock: Clock): Promise<number> {
    for (let left = MAX_TRIES;; left--) {
      const startedAt = clock.now();
      try {
        await run();
        return startedAt;
      } catch (error) {
        if (!(error instanceof CommandError)) {
          this.#onError(error);
          return startedAt;
        }
        // Only a call that was certainly not executed is tried again.
        const { code, retryAfterMs } = error;
        const isFinal = code !== "overloaded" && code !== "penalised";
        if (isFinal || left === 1) return startedAt;
        await this.#pause(clock, retryAfterMs ?? PACE_MS);
      }
    }
  }

  async #pause(clock: Clock, delayMs: number): Promise<void> {
    await sleep(clock, Math.max(0, delayMs), this.#closing.signal);
  }
}
