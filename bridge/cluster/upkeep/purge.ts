/** Drops from the log what all members have applied. @module */

import type { Clock } from "../../../lib/clock.ts";
import type { MembershipView } from "../members/membership.ts";
import type { LogInfo, ReplicatedLog } from "../replicated_log.ts";

/** Time between two looks at the log, in milliseconds. */
const LOOK_MS = 60_000;

const HOUR_MS = 60 * 60_000;

/** What a {@linkcode LogPurge} needs of the replica. */
export interface PurgedReplica {
  readonly membership: MembershipView;
  /** The last known index of records that are as old as a time; 0 if none is known. */
  indexBefore(at: number): number;
}

/** What a {@linkcode LogPurge} is made of. */
export interface LogPurgeOptions {
  readonly log: ReplicatedLog;
  readonly replica: PurgedReplica;
  /** Id of this process. */
  readonly node: string;
  readonly clock: Clock;
  /** How long records are kept, in hours: a node may be away for so long without copying a replica. */
  readonly hours: number;
  /** Called with the state of the log after each look. */
  readonly onLook?: (info: LogInfo) => void;
  /** Called with errors; the next look tries again. */
  readonly onError: (error: unknown) => void;
}

/** Purges once a minute, on the member with the lowest id only. */
export class LogPurge {
  readonly #options: LogPurgeOptions;
  #cancel: (() => void) | undefined;
  #purged = 0;
  #isStopped = false;

  constructor(options: LogPurgeOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel = this.#options.clock.after(LOOK_MS, () => {
      this.#look().catch(this.#options.onError).finally(() => {
        if (!this.#isStopped) this.start();
      });
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  async #look(): Promise<void> {
    const { log, replica, node, clock, hours, onLook } = this.#options;
    onLook?.(await log.info());
    const members = replica.membership.members();
    if (members[0]?.[0] !== node) return;
    const applied = members.map(([, member]) => member.applied);
    const upTo = Math.min(
      ...applied,
      replica.indexBefore(clock.now() - hours * HOUR_MS),
    );
    if (upTo <= this.#purged) return;
    await log.purge(upTo);
    this.#purged = upTo;
  }
}
