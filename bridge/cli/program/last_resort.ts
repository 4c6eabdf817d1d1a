/** Handling of errors that no code caught. @module */

import type { Log } from "../../ops/log.ts";

/** Maximum number of lines per minute; further errors are only counted. */
const LINES_PER_MINUTE = 10;

/**
 * Keeps the process running when an unawaited promise rejects, or a timer or
 * event listener throws.
 *
 * @param onUnhandled Called for each such error.
 * @returns A function after whose call such errors end the process again.
 */
export function surviveErrors(log: Log, onUnhandled = () => {}): () => void {
  let minuteAt = -Infinity;
  let lines = 0;
  const survive = (event: Event, error: unknown) => {
    event.preventDefault();
    onUnhandled();
    if (performance.now() - minuteAt >= 60_000) {
      minuteAt = performance.now();
      lines = 0;
    }
    if (lines++ < LINES_PER_MINUTE) log.error("unhandled error", { error });
  };
  const onError = (event: ErrorEvent) => survive(event, event.error);
  const onRejection = (event: PromiseRejectionEvent) =>
    survive(event, event.reason);
  globalThis.addEventListener("error", onError);
  globalThis.addEventListener("unhandledrejection", onRejection);
  return () => {
    globalThis.removeEventListener("error", onError);
    globalThis.removeEventListener("unhandledrejection", onRejection);
  };
}
