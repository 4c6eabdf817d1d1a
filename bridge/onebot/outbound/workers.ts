/** One end for each configured address and account, as accounts come and go. @module */

import type { Clock } from "../../../lib/clock.ts";
import type { BridgeApi } from "../../core/bridge_api.ts";
import { type OutboundTarget, type OutboundUrl, toTargets } from "./target.ts";

/** What looks after one line. */
export interface OutboundWorker {
  /** Looks after what takes time. Called about once a second. */
  sweep(now: number): void;
  /** Ends. */
  stop(): Promise<void>;
}

/** A kind of lines. */
export interface LineKind {
  /** What the names of their positions begin with. */
  readonly prefix: string;
  /** Makes a line's end; its events begin after the head. */
  make(line: OutboundTarget, head: number): OutboundWorker;
}

/** What lines are made from. */
export interface OutboundWorkersOptions {
  /** What all share. */
  readonly context: {
    readonly bridge: BridgeApi;
    readonly clock: Clock;
    readonly onError: (error: unknown) => void;
  };
  /** The addresses. */
  readonly targets: readonly OutboundUrl[];
}

/** How often accounts are looked for that came or went, and lines are looked after. */
const SWEEP_MS = 1000;

/** How often positions of lines that are gone are looked for, in milliseconds. */
const DROP_MS = 60_000;

/** See the module. */
export class OutboundWorkers {
  readonly #options: OutboundWorkersOptions;
  readonly #kind: LineKind;
  readonly #ends = new Map<string, OutboundWorker>();
  /** The journal's end when accounts were looked for last: of one that is new, all behind it is told. */
  #head: number;
  #cancelSweep: (() => void) | undefined;
  /** Positions that had no line when they were last looked at. */
  #orphans: ReadonlySet<string> = new Set();
  #orphansAt = -Infinity;

  /**
   * Begins nothing yet.
   *
   * @param options Where, and what all share.
   * @param kind Which kind of lines.
   */
  constructor(
    options: OutboundWorkersOptions,
    kind: LineKind,
  ) {
    this.#options = options;
    this.#kind = kind;
    this.#head = options.context.bridge.journal.head;
  }

  /** Begins. */
  start(): void {
    if (this.#hasWork) this.#sweep();
  }

  /** Ends all. */
  async stop(): Promise<void> {
    this.#cancelSweep?.();
    const ends = [...this.#ends.values()];
    this.#ends.clear();
    await Promise.all(ends.map((end) => end.stop()));
  }

  /** Without targets, only the positions of former ones are left to be dropped. */
  get #hasWork(): boolean {
    const { context, targets } = this.#options;
    return targets.length > 0 ||
      context.bridge.journal.consumersOf(this.#kind.prefix).length > 0;
  }

  #sweep(): void {
    const { context } = this.#options;
    this.#cancelSweep = context.clock.after(SWEEP_MS, () => {
      if (this.#hasWork) this.#sweep();
    });
    try {
      this.#compare();
    } catch (error) {
      context.onError(error);
    }
  }

  #compare(): void {
    const { context, targets } = this.#options;
    const lines = toTargets(context.bridge, targets);
    for (const [key, end] of this.#ends) {
      if (lines.has(key)) {
        end.sweep(context.clock.now());
      } else {
        this.#ends.delete(key);
        end.stop().catch((error) => context.onError(error));
      }
    }
    for (const [key, line] of lines) {
      if (this.#ends.has(key)) continue;
      this.#ends.set(key, this.#kind.make(line, this.#head));
    }
    this.#head = context.bridge.journal.head;
    this.#dropPositions(lines);
  }

  /**
   * A position goes with its target or its account. Only what is without a line
   * at two looks goes, because an account that is added anew is gone for a
   * moment; without accounts nothing goes, because the bridge may be starting or
   * stopping.
   */
  #dropPositions(lines: ReadonlyMap<string, OutboundTarget>): void {
    const { bridge, clock, onError } = this.#options.context;
    const now = clock.now();
    if (now - this.#orphansAt < DROP_MS) return;
    if (bridge.health().length === 0) return;
    this.#orphansAt = now;
    const { prefix } = this.#kind;
    const orphans = bridge.journal.consumersOf(prefix)
      .filter((consumer) => !lines.has(consumer.slice(prefix.length)));
    for (const consumer of orphans) {
      if (!this.#orphans.has(consumer)) continue;
      bridge.journal.dropPosition(consumer).catch(onError);
    }
    this.#orphans = new Set(orphans);
  }
}
