/** The state of a cluster, as one node sees it. @module */

import type { Member } from "./members/membership.ts";

/** State of the cluster, as a node sees it. */
export interface ClusterStatus {
  readonly node: string;
  readonly applied: number;
  readonly head: number;
  readonly members: readonly (Member & {
    readonly node: string;
    readonly shards: number;
    /** Time since its last beat was applied here, in milliseconds. */
    readonly silenceMs: number | undefined;
  })[];
  /** Number of shards without an owner. */
  readonly unowned: number;
}
