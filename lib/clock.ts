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

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
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
