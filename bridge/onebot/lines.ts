/** One end for each configured address and account, as accounts come and go. @module */

import type { Clock } from "../../lib/clock.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import { type Line, linesOf, type Target } from "./target.ts";

/** What looks after one line. */
export interface LineEnd {
  /** Looks after what takes time. Called about once a second. */
  sweep(now: number): void;
  /** Ends. */
  stop(): Promise<void>;
}

/** What lines are made from. */
export interface LinesOptions {
  /** What all share. */
  readonly context: {
    readonly bridge: BridgeApi;
    readonly clock: Clock;
    failed(error: unknown): void;
  };
  /** The addresses. */
  readonly targets: readonly Target[];
}

/** How often accounts are looked for that came or went, and lines are looked after. */
const SWEEP_MS = 1000;

/** See the module. */
export class Lines {
  readonly #options: LinesOptions;
  readonly #make: (line: Line, head: number) => LineEnd;
  readonly #ends = new Map<string, LineEnd>();
  /** The journal's end when accounts were looked for last: of one that is new, all behind it is told. */
  #head: number;
  #cancelSweep: (() => void) | undefined;

  /**
   * Begins nothing yet.
   *
   * @param options Where, and what all share.
   * @param make Makes a line's end; its events begin behind the head.
   */
  constructor(
    options: LinesOptions,
    make: (line: Line, head: number) => LineEnd,
  ) {
    this.#options = options;
    this.#make = make;
    this.#head = options.context.bridge.journal.head;
  }

  /** Begins. */
  start(): void {
    if (this.#options.targets.length > 0) this.#sweep();
  }

  /** Ends all. */
  async stop(): Promise<void> {
    this.#cancelSweep?.();
    const ends = [...this.#ends.values()];
    this.#ends.clear();
    await Promise.all(ends.map((end) => end.stop()));
  }

  #sweep(): void {
    const { context } = this.#options;
    this.#cancelSweep = context.clock.after(SWEEP_MS, () => this.#sweep());
    try {
      this.#compare();
    } catch (error) {
      context.failed(error);
    }
  }

  #compare(): void {
    const { context, targets } = this.#options;
    const lines = linesOf(context.bridge, targets);
    for (const [key, end] of this.#ends) {
      if (lines.has(key)) {
        end.sweep(context.clock.now());
      } else {
        this.#ends.delete(key);
        end.stop().catch((error) => context.failed(error));
      }
    }
    for (const [key, line] of lines) {
      if (this.#ends.has(key)) continue;
      this.#ends.set(key, this.#make(line, this.#head));
    }
    this.#head = context.bridge.journal.head;
  }
}
