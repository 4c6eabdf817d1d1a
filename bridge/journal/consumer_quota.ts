/** Number of consumers, in total and per owner. @module */

import {
  type JournalLimits,
  tooManyConsumers,
  tooManyOfOwner,
} from "./limits.ts";

/**
 * Limits consumers, so that one owner cannot use up the places of all. The
 * owner is the part of a consumer's name before the first slash. A consumer
 * without an owner is a configured target: it is not counted, because the
 * configuration limits their number.
 */
export class ConsumerQuota {
  readonly #most: number;
  readonly #mostOfOwner: number;
  readonly #byOwner = new Map<string, number>();
  #all = 0;

  constructor(
    { consumers, consumersOfOwner }: Required<JournalLimits>,
  ) {
    this.#most = consumers;
    this.#mostOfOwner = consumersOfOwner;
  }

  /** Throws JournalLimitError if a limit is reached. */
  check(consumer: string): void {
    if (ownerOf(consumer) === "") return;
    if (this.#all >= this.#most) throw tooManyConsumers(this.#most);
    const count = this.#byOwner.get(ownerOf(consumer)) ?? 0;
    if (count >= this.#mostOfOwner) throw tooManyOfOwner(this.#mostOfOwner);
  }

  acquire(consumer: string): void {
    const owner = ownerOf(consumer);
    if (owner === "") return;
    this.#all++;
    this.#byOwner.set(owner, (this.#byOwner.get(owner) ?? 0) + 1);
  }

  release(consumer: string): void {
    const owner = ownerOf(consumer);
    if (owner === "") return;
    this.#all--;
    const left = this.#byOwner.get(owner)! - 1;
    if (left === 0) this.#byOwner.delete(owner);
    else this.#byOwner.set(owner, left);
  }
}

function ownerOf(consumer: string): string {
  return consumer.split("/", 1)[0]!;
}
