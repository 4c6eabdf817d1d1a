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

/** Time between two trims, and between two probes of a failing journal, in milliseconds. */
const UPKEEP_MS = 5000;

/** Pause between two parts of a long trim, so that appends are not held up, in milliseconds. */
const TRIM_PAUSE_MS = 10;

/** Trims a journal to its retention, and probes it while it fails. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  #cancel: (() => void) | undefined;

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  start(delayMs: number = UPKEEP_MS): void {
    const { clock, journal, onWritable } = this.#options;
    this.#cancel = clock.after(delayMs, () => {
      // Also while the journal fails, because on a full disk retention frees space.
      const hasMore = this.#trim();
      if (journal.failure !== undefined) journal.probe();
      else void onWritable?.();
      this.start(hasMore ? TRIM_PAUSE_MS : UPKEEP_MS);
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
