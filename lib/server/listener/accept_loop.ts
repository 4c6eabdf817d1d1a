/** The loop that accepts connections, whatever fails. @module */

import { type Clock, sleep } from "../../clock.ts";

/** How long to wait while the system has no files or memory left, in milliseconds. */
const RETRY_MS = 100;

/** Failures in a row after which the event loop gets a turn. */
const FAILURES_PER_TURN = 100;

/** Failures in a row after which the listener itself is taken to fail: then each is waited for. */
const MOST_FAILURES = 10_000;

/** The codes of a system that has nothing left for another connection. */
const EXHAUSTED: ReadonlySet<string> = new Set([
  "EMFILE",
  "ENFILE",
  "ENOMEM",
  "ENOBUFS",
]);

/** Options of an accept loop. */
export interface AcceptOptions<C> {
  /** Resolves with the next connection. */
  accept(): Promise<C>;
  /** Handles a connection; an error ends only that connection. */
  take(connection: C): void;
  /** Source of time and timers; tests pass a fake. */
  readonly clock: Clock;
  /** Ends the loop when it aborts. */
  readonly signal: AbortSignal;
  /** Called when connections cannot be accepted, once until one can be again. */
  onError(error: unknown): void;
}

/**
 * Accepts connections until the signal. Only an exhausted system is waited for:
 * any other failure is that of one connection, such as a reset, and the next
 * one is accepted at once.
 */
export async function acceptConnections<C>(
  { accept, take, clock, signal, onError }: AcceptOptions<C>,
): Promise<void> {
  let isFailing = false;
  let failures = 0;
  while (!signal.aborted) {
    try {
      take(await accept());
      isFailing = false;
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      if (isExhausted(error) || failures > MOST_FAILURES) {
        if (!isFailing) onError(error);
        isFailing = true;
        await sleep(clock, RETRY_MS, signal).catch(() => {});
      } else if (failures % FAILURES_PER_TURN === 0) {
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    }
  }
}

function isExhausted(error: unknown): boolean {
  return error instanceof Error &&
    EXHAUSTED.has((error as Error & { code?: string }).code ?? "");
}
