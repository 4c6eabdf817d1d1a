/** Errors that nobody caught: they are logged and counted, and end nothing. @module */

import type { Log } from "../../ops/log.ts";

/** Lines a minute at most; beyond, errors are only counted. */
const LINES_PER_MINUTE = 10;

/**
 * Keeps the process alive when a promise is rejected and nobody awaits it, and
 * when a timer or an event listener throws.
 *
 * @param counted Is called for each.
 * @returns Ends it: such an error ends the process again.
 */
export function surviveErrors(log: Log, counted = () => {}): () => void {
  let minuteAt = -Infinity;
  let lines = 0;
  const survive = (event: Event, error: unknown) => {
    event.preventDefault();
    counted();
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
