/** Where the targets are stored. @module */

import type { TargetRecord } from "./target.ts";

/** Maximum number of targets in a store. */
export const TARGETS = 100;

/** A synchronous store of targets; a change is durable when its method returns. */
export interface TargetStore {
  /** Returns all targets, sorted by id. */
  list(): TargetRecord[];
  get(id: string): TargetRecord | undefined;
  /**
   * Adds a target, or replaces the one with its id.
   *
   * @throws {RangeError} If the store is full.
   */
  put(record: TargetRecord): void;
  /** Removes a target; returns whether it was stored. */
  remove(id: string): boolean;
}

/** A target store in memory. */
export class MemoryTargetStore implements TargetStore {
  readonly #records = new Map<string, TargetRecord>();

  list(): TargetRecord[] {
    return [...this.#records.values()].sort((a, b) => a.id < b.id ? -1 : 1);
  }

  get(id: string): TargetRecord | undefined {
    return this.#records.get(id);
  }

  put(record: TargetRecord): void {
    if (!this.#records.has(record.id) && this.#records.size >= TARGETS) {
      throw new RangeError(
        `Cannot add the target: at most ${TARGETS} targets are stored. Remove another one first.`,
      );
    }
    this.#records.set(record.id, record);
  }

  remove(id: string): boolean {
    return this.#records.delete(id);
  }
}
