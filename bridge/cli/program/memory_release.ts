/** Gives memory back to the system after a burst. @module */

import process from "node:process";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Clock } from "../../../lib/clock.ts";

/** Interval at which the process is looked at, in milliseconds. */
const LOOK_MS = 1000;

/** Intervals in a row in which the process must be quiet, so that the pause delays little. */
const QUIET_LOOKS = 3;

/** Fraction of a core that a quiet process uses at most. */
const QUIET_FRACTION = 0.1;

/** Number of events that a quiet process journals in an interval at most: a pause of 100 ms delays five of them. At 500 a second it may use less than a tenth of a core. */
const QUIET_EVENTS = 50;

/** How late a look comes at most while the process is quiet: a machine that is busy leaves it little CPU time. */
const QUIET_LATE_MS = 100;

/** Growth of the heap since the last collection that is worth another one. */
const GROWTH_BYTES = 64 * 1024 * 1024;

/** What is known of the process, and how its garbage is collected. */
export interface ProcessMemory {
  /** Size of the heap with its garbage, in bytes. */
  heapBytes(): number;
  /** CPU time that the process has used, in milliseconds. */
  cpuMs(): number;
  /** Collects all garbage; everything else waits meanwhile. */
  collect(): void;
}

/**
 * Collects garbage once the process is quiet after its heap has grown. V8
 * collects when something is allocated, so it keeps the garbage of a burst for
 * as long as little happens.
 */
export class MemoryRelease {
  readonly #clock: Clock;
  readonly #head: () => number;
  readonly #memory: ProcessMemory;
  #cancel: (() => void) | undefined;
  #heapBytes: number;
  #cpuMs: number;
  #lastHead: number;
  #lookAt: number;
  #quietLooks = 0;

  /** @param head Returns the position of the last event. */
  constructor(
    clock: Clock,
    head: () => number,
    memory: ProcessMemory = thisProcess,
  ) {
    this.#clock = clock;
    this.#head = head;
    this.#memory = memory;
    this.#lastHead = head();
    this.#heapBytes = memory.heapBytes();
    this.#cpuMs = memory.cpuMs();
    this.#lookAt = clock.now() + LOOK_MS;
  }

  start(): void {
    this.#cancel = this.#clock.after(LOOK_MS, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  #look(): void {
    const now = this.#clock.now();
    const cpuMs = this.#memory.cpuMs();
    const head = this.#head();
    const isQuiet = cpuMs - this.#cpuMs <= QUIET_FRACTION * LOOK_MS &&
      head - this.#lastHead <= QUIET_EVENTS &&
      now - this.#lookAt <= QUIET_LATE_MS;
    this.#cpuMs = cpuMs;
    this.#lastHead = head;
    this.#lookAt = now + LOOK_MS;
    this.#quietLooks = isQuiet ? this.#quietLooks + 1 : 0;
    const heapBytes = this.#memory.heapBytes();
    // V8 has collected by itself.
    this.#heapBytes = Math.min(this.#heapBytes, heapBytes);
    const isLarge = heapBytes - this.#heapBytes >= GROWTH_BYTES;
    if (!isLarge || this.#quietLooks < QUIET_LOOKS) return;
    this.#memory.collect();
    this.#heapBytes = this.#memory.heapBytes();
  }
}

/** The memory of this process. */
export const thisProcess: ProcessMemory = {
  heapBytes: () => getHeapStatistics().total_heap_size,
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  collect: () => {
    // Only a context that is made now has the function.
    setFlagsFromString("--expose-gc");
    try {
      runInNewContext("gc")();
    } finally {
      setFlagsFromString("--no-expose-gc");
    }
  },
};
