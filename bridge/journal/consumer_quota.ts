/** Number of consumers, in total and per owner. @module */

import {
  type ConsumerOwners,
  type JournalLimits,
  RESERVED_PART,
  tooManyConsumers,
  tooManyOfOwner,
} from "./limits.ts";

/**
 * Limits consumers, so that one owner cannot use up the places of all. The
 * owner is the part of a consumer's name before the first slash. Owners of one
 * share are limited together, and the last tenth of all places is for owners
 * that reach all accounts. A consumer
 * without an owner is a configured target: it is not counted, because the
 * configuration limits their number.
 */
export class ConsumerQuota {
  readonly #most: number;
  readonly #mostOfOwner: number;
  readonly #owners: ConsumerOwners;
  readonly #byOwner = new Map<string, number>();
  #all = 0;

  constructor(
    { consumers, consumersOfOwner, owners }: Required<JournalLimits>,
  ) {
    this.#owners = owners;
    this.#most = consumers;
    this.#mostOfOwner = consumersOfOwner;
  }

  /** Throws JournalLimitError if a limit is reached. */
  check(consumer: string): void {
    const owner = ownerOf(consumer);
    if (owner === "") return;
    const most = this.#owners.hasAllAccounts(owner)
      ? this.#most
      : this.#most - Math.floor(this.#most / RESERVED_PART);
    if (this.#all >= most) throw tooManyConsumers(most);
    const share = this.#owners.shareOf(owner);
    let count = 0;
    for (const [one, ofOne] of this.#byOwner) {
      if (this.#owners.shareOf(one) === share) count += ofOne;
    }
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
