/** Time, passed in so that tests do not wait. @module */

/** What tells the time and calls back later. */
export interface Clock {
  /** The time in milliseconds since 1970. */
  now(): number;
  /**
   * Calls `run` once after a delay.
   *
   * @param delayMs The delay in milliseconds.
   * @param run What to call.
   * @returns Cancels the call; harmless afterwards.
   */
  after(delayMs: number, run: () => void): () => void;
}

/** The longest that a timer counts, in milliseconds: past it, it calls at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (leftMs: number) => {
      timer = leftMs > LONGEST_TIMER_MS
        ? setTimeout(() => wait(leftMs - LONGEST_TIMER_MS), LONGEST_TIMER_MS)
        : setTimeout(run, leftMs);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Waits.
 *
 * @param clock Whose time.
 * @param delayMs How long, in milliseconds.
 * @param signal Ends the wait early: it then rejects with the signal's reason.
 */
export function sleep(
  clock: Clock,
  delayMs: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      cancel();
      reject(signal!.reason);
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    signal?.addEventListener("abort", abort, { once: true });
  });
}
