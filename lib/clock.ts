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

/**
 * The time of a clock that people and machines set. Where it is set back, the
 * time goes on at half the pace until it is true again: what waits for an
 * instant would otherwise wait for as long as the clock was set back.
 *
 * @param wall The time in milliseconds since 1970, as it is set.
 * @param elapsed Milliseconds since some instant, which nobody sets.
 */
export function steadyTime(
  wall: () => number,
  elapsed: () => number,
): () => number {
  let at = wall();
  let seenAt = elapsed();
  return () => {
    const now = elapsed();
    at = Math.max(wall(), at + (now - seenAt) / 2);
    seenAt = now;
    return Math.trunc(at);
  };
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: steadyTime(() => Date.now(), () => performance.now()),
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
