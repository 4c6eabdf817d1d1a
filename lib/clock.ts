/** The clock, a parameter so that tests do not wait. @module */

/**
 * Source of time and timers; tests pass a fake.
 *
 * @category Transport
 */
export interface Clock {
  /** The current time, in milliseconds since 1970. */
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

/** The longest delay of a timer, in milliseconds: a longer one fires at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * A time that never runs backwards. If the wall clock is set back, this time
 * runs at half speed until the wall clock has caught up. Otherwise, a wait for an
 * instant would last longer by as much as the clock was set back.
 *
 * @param wall Returns the wall clock, in milliseconds since 1970.
 * @param elapsed Returns a monotonic time, in milliseconds.
 */
export function steadyTime(
  wall: () => number,
  elapsed: () => number,
): () => number {
  let at: number | undefined;
  let seenAt = 0;
  return () => {
    const now = elapsed();
    // Not before the first call: while it loads modules, a Worker has no time.
    at = at === undefined ? wall() : Math.max(wall(), at + (now - seenAt) / 2);
    seenAt = now;
    return Math.trunc(at);
  };
}

/**
 * The clock of this machine. It never runs backwards.
 *
 * @category Transport
 */
export const systemClock: Clock = {
  now: /* @__PURE__ */ steadyTime(() => Date.now(), () => performance.now()),
  after(delayMs, run) {
    if (delayMs > LONGEST_TIMER_MS) return afterLong(delayMs, run);
    // A negative delay makes Deno and Node print a warning.
    const timer = setTimeout(run, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};

function afterLong(delayMs: number, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (leftMs: number) => {
    timer = leftMs > LONGEST_TIMER_MS
      ? setTimeout(() => wait(leftMs - LONGEST_TIMER_MS), LONGEST_TIMER_MS)
      : setTimeout(run, leftMs);
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}

/**
 * Waits for a time, or until a signal aborts.
 *
 * @param clock The clock that counts the time.
 * @param delayMs Time to wait, in milliseconds.
 * @param signal Ends the wait early: the promise rejects with the signal's reason.
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
