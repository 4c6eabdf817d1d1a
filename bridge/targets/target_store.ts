/** Where the targets are stored. @module */

import type { TargetRecord } from "./target.ts";

/** Maximum number of targets in a store. */
export const TARGETS = 100;

/** A store of targets. A change is durable when its method returns, or when what it returns resolves. */
export interface TargetStore {
  /** Returns all targets, sorted by id. */
  list(): TargetRecord[];
  get(id: string): TargetRecord | undefined;
  /**
   * Adds a target, or replaces the one with its id.
   *
   * @throws {RangeError} If the store is full.
   */
  put(record: TargetRecord): void | Promise<void>;
  /** Removes a target; returns whether it was stored. */
  remove(id: string): boolean | Promise<boolean>;
  /**
   * Calls a listener after other nodes have changed targets. Returns a function
   * that removes it. Undefined if nobody else does.
   */
  watch?(listener: () => void): () => void;
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
