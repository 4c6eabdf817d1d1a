/** How many consumers there are, in all and of each owner: one of many must not take the room of all. @module */

import {
  type JournalLimits,
  tooManyConsumers,
  tooManyOfOwner,
} from "./limits.ts";

/**
 * See the module. The owner of a consumer is what stands before the first slash
 * of its name. A consumer without an owner is a target of the configuration: its
 * position counts against nobody, because the configuration bounds their number.
 */
export class ConsumerQuota {
  readonly #most: number;
  readonly #mostOfOwner: number;
  readonly #byOwner = new Map<string, number>();
  #all = 0;

  /** Nobody is there. */
  constructor(
    { consumers, consumersOfOwner }: Required<JournalLimits>,
  ) {
    this.#most = consumers;
    this.#mostOfOwner = consumersOfOwner;
  }

  /** Throws where there is no room for another. */
  check(consumer: string): void {
    if (ownerOf(consumer) === "") return;
    if (this.#all >= this.#most) throw tooManyConsumers(this.#most);
    const count = this.#byOwner.get(ownerOf(consumer)) ?? 0;
    if (count >= this.#mostOfOwner) throw tooManyOfOwner(this.#mostOfOwner);
  }

  /** Counts one more. */
  acquire(consumer: string): void {
    const owner = ownerOf(consumer);
    if (owner === "") return;
    this.#all++;
    this.#byOwner.set(owner, (this.#byOwner.get(owner) ?? 0) + 1);
  }

  /** Counts one less. */
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
