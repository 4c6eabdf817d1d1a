/** Holds mail back while the journal is too large. @module */

import { Buffer } from "node:buffer";
import { type Clock, sleep } from "../../lib/clock.ts";
import type { NewEvent } from "./event.ts";
import type { Journal, Retention } from "./journal.ts";
import { EVENT_BYTES } from "./limits.ts";

/** How much larger than its retention a journal may become. */
export const MAX_EXCESS = 1.1;

/** Pause before a trim that failed is repeated, in milliseconds. */
const RETRY_MS = 1000;

/** Options of a {@linkcode RetentionGate}. */
export interface RetentionGateOptions {
  journal: Journal;
  clock: Clock;
  retention: Retention;
  /** Called with an error of a trim. */
  onError: (error: unknown) => void;
}

/**
 * Lets mail into the journal while it fits into {@linkcode MAX_EXCESS} times
 * the retention's bytes. What does not fit waits until enough was trimmed, so
 * that its account is not polled meanwhile.
 */
export class RetentionGate {
  readonly #options: RetentionGateOptions;
  /** Bytes that were let in, and whose append has not ended. */
  #entered = 0;

  constructor(options: RetentionGateOptions) {
    this.#options = options;
  }

  /**
   * Waits until events fit.
   *
   * @param closing Its signal ends the wait: the promise rejects with the reason.
   * @returns Must be called when the append has ended.
   */
  async enter(
    events: readonly NewEvent[],
    closing: { readonly signal: AbortSignal },
  ): Promise<() => void> {
    const { clock, journal, onError, retention } = this.#options;
    const bytes = countBytes(events);
    const mostBytes = retention.bytes * MAX_EXCESS;
    while (journal.bytes + this.#entered + bytes > mostBytes) {
      const left = Math.max(0, Math.trunc(mostBytes - this.#entered - bytes));
      let trimmed: number;
      try {
        ({ trimmed } = journal.trim(clock.now(), {
          ...retention,
          bytes: left,
        }));
      } catch (error) {
        // Mail must not stop because an old page cannot be read.
        onError(error);
        break;
      }
      if (trimmed > 0) {
        // Other work has its turn between two parts of a long trim.
        await new Promise((resolve) => setTimeout(resolve));
        closing.signal.throwIfAborted();
      } else if (journal.failure !== undefined) {
        await sleep(clock, RETRY_MS, closing.signal);
      } else break;
    }
    this.#entered += bytes;
    return () => this.#entered -= bytes;
  }
}

function countBytes(events: readonly NewEvent[]): number {
  let bytes = 0;
  for (const { data } of events) {
    bytes += Buffer.byteLength(JSON.stringify(data)) + EVENT_BYTES;
  }
  return bytes;
}
