/** Decides which nodes are wrong when replicas differ. @module */

import type { MembershipView } from "../members/membership.ts";

/** This node's replica differs from those of the others, so it must be copied again. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";

  constructor(node: string) {
    super(
      `Cannot serve from this replica: it must equal those of the other nodes, got a difference from ${node}. Stop this node, delete journal.db in its data folder, and start it again: it copies a replica.`,
    );
  }
}

/**
 * Compares this replica with those of the other members. The minority is wrong.
 * Of two equal groups, the one with the member that joined first is right.
 */
export class Divergence {
  readonly #node: string;
  /** Whether a member's replica equalled this one at its last record. */
  readonly #isEqual = new Map<string, boolean>();

  /** @param node Id of this process. */
  constructor(node: string) {
    this.#node = node;
  }

  /** Returns the error with which this node must stop, if it is wrong. */
  compare(
    node: string,
    isEqual: boolean,
    membership: MembershipView,
  ): DivergenceError | undefined {
    this.#isEqual.set(node, isEqual);
    for (const one of this.#isEqual.keys()) {
      if (membership.member(one) === undefined) this.#isEqual.delete(one);
    }
    if (isEqual || !this.#isEqual.has(node)) return undefined;
    let lead = 0;
    let first = { joined: Infinity, isEqual: true };
    for (const [one, { joined }] of membership.members()) {
      const equals = one === this.#node || this.#isEqual.get(one);
      if (equals === undefined) continue;
      lead += equals ? 1 : -1;
      if (joined < first.joined) first = { joined, isEqual: equals };
    }
    const isRight = lead > 0 || lead === 0 && first.isEqual;
    return isRight ? undefined : new DivergenceError(node);
  }
}
