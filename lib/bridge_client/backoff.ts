/** How long to wait before the next connection. @module */

/** Waits between attempts. */
export interface ReconnectBackoff {
  /**
   * The first wait, in milliseconds; each later one is twice as long.
   *
   * @default 500
   */
  minMs?: number;
  /**
   * The longest wait, in milliseconds.
   *
   * @default 30000
   */
  maxMs?: number;
}

/**
 * The wait before an attempt: from half of `minMs * 2 ** failures` to the
 * whole, at most `maxMs`, so that clients cut off together do not come back
 * together.
 *
 * @param failures Attempts that failed in a row before this wait, less one.
 * @param random From 0 to 1.
 */
export function backoffMs(
  failures: number,
  random: number,
  { minMs = 500, maxMs = 30_000 }: ReconnectBackoff,
): number {
  const whole = Math.min(maxMs, minMs * 2 ** Math.min(failures, 32));
  return Math.round(whole / 2 + whole / 2 * random);
}
