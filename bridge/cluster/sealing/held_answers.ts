/** Large answers, which other nodes fetch part by part. @module */

import type { Clock } from "../../../lib/clock.ts";
import { MAX_PART_BYTES, MAX_PARTS } from "./parts.ts";

/** Maximum size of all answers that are held, in bytes; beyond, the oldest are dropped. */
const MAX_BYTES = MAX_PARTS * MAX_PART_BYTES;

/** How long an answer is held that nobody fetches, in milliseconds. */
const HELD_MS = 30_000;

/** Holds answers until their last part was fetched. One that was dropped counts as lost. */
export class HeldAnswers {
  readonly #clock: Clock;
  readonly #answers = new Map<
    string,
    { answer: Uint8Array; cancel: () => void }
  >();
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Size of what is held. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Returns the first part of an answer, and holds the answer if it has more.
   *
   * @param name Names the request, once in the cluster.
   * @throws {RangeError} If the answer has more than 64 parts.
   */
  begin(name: string, answer: Uint8Array): { part: Uint8Array; parts: number } {
    const parts = Math.max(1, Math.ceil(answer.length / MAX_PART_BYTES));
    if (parts > MAX_PARTS) {
      throw new RangeError(
        `Cannot send the answer: it must have at most ${MAX_BYTES} bytes, got ${answer.length}`,
      );
    }
    if (parts > 1) {
      const cancel = this.#clock.after(HELD_MS, () => this.#drop(name));
      this.#answers.set(name, { answer, cancel });
      this.#bytes += answer.length;
      for (const oldest of this.#answers.keys()) {
        if (this.#bytes <= MAX_BYTES) break;
        this.#drop(oldest);
      }
    }
    return { part: answer.subarray(0, MAX_PART_BYTES), parts };
  }

  /** Returns a later part, counted from 1; undefined if the answer is not held. The last one ends it. */
  part(name: string, number: number): Uint8Array | undefined {
    const answer = this.#answers.get(name)?.answer;
    if (answer === undefined) return undefined;
    const from = number * MAX_PART_BYTES;
    if (from + MAX_PART_BYTES >= answer.length) this.#drop(name);
    return answer.subarray(from, from + MAX_PART_BYTES);
  }

  clear(): void {
    for (const name of [...this.#answers.keys()]) this.#drop(name);
  }

  #drop(name: string): void {
    const held = this.#answers.get(name);
    if (held === undefined) return;
    held.cancel();
    this.#answers.delete(name);
    this.#bytes -= held.answer.length;
  }
}
