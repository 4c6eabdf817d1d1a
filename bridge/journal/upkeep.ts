/** Periodic work on a journal. @module */

import type { Clock } from "../../lib/clock.ts";
import type { Journal, Retention } from "./journal.ts";

/** Options of an {@linkcode Upkeep}. */
export interface UpkeepOptions {
  journal: Journal;
  clock: Clock;
  /** How long events are kept; `undefined` keeps them for ever. */
  retention: Retention | undefined;
  /** Called after each trim while the journal can be written. Must not reject. */
  onWritable?: () => Promise<void>;
  /** Called with an error of a trim, which is repeated at the next interval. */
  onError?: (error: unknown) => void;
}

/** Most time between two trims, and between two probes of a failing journal, in milliseconds. */
const UPKEEP_MS = 5000;

/** Least time between two trims, so that appends are not held up, in milliseconds. */
const TRIM_PAUSE_MS = 10;

/**
 * Trims a journal to its retention, and probes it while it fails. Trims come as
 * often as events expire: all that expired in 5 s at one go would hold up the
 * messages of the next second.
 */
export class Upkeep {
  readonly #options: UpkeepOptions;
  #pauseMs = UPKEEP_MS;
  #cancel: (() => void) | undefined;

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, journal, onWritable } = this.#options;
    this.#cancel = clock.after(this.#pauseMs, () => {
      // Also while the journal fails, because on a full disk retention frees space.
      const hasMore = this.#trim();
      if (journal.failure !== undefined) journal.probe();
      else void onWritable?.();
      this.#pauseMs = hasMore
        ? Math.max(TRIM_PAUSE_MS, this.#pauseMs / 4)
        : Math.min(UPKEEP_MS, this.#pauseMs * 2);
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  /** Trims one part; returns whether more is left to trim. */
  #trim(): boolean {
    const { journal, clock, retention, onError } = this.#options;
    if (retention === undefined) return false;
    try {
      return journal.trim(clock.now(), retention).more;
    } catch (error) {
      onError?.(error);
      return false;
    }
  }
}
