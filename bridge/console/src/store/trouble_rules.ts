/** What counts as a failing target, and as a consumer that lags. @module */

import type { ConsumerInfo } from "../../../../lib/frames/frames.ts";
import type { TargetInfo } from "../../../../lib/frames/targets.ts";

/** Lag above which a consumer needs somebody, in events and in milliseconds. */
const [LAG_EVENTS, LAG_MS] = [1000, 60_000];

/** Whether a line of a target waits for its next attempt. */
export function isFailing({ enabled, states }: TargetInfo): boolean {
  return enabled && (states.retrying ?? 0) > 0;
}

export function isLagging({ lag, lagMs }: ConsumerInfo): boolean {
  return lag > LAG_EVENTS || lagMs > LAG_MS;
}
