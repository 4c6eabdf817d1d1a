import {
  ClusterJournal,
  type ClusterJournalOptions,
} from "../../bridge/cluster/cluster_journal.ts";
import { MemoryLog, MemoryStream } from "../../bridge/cluster/memory_log.ts";
import {
  Replica,
  type ReplicaOptions,
} from "../../bridge/cluster/replica/replica.ts";
import type { ReplicatedLog } from "../../bridge/cluster/replicated_log.ts";
import { SHARDS } from "../../bridge/cluster/members/shards.ts";
import { openJournal } from "../../bridge/journal/sqlite/journal_file.ts";
import type { SqlDatabase } from "../../bridge/sqlite/sql_database.ts";
import type { Clock } from "../../lib/clock.ts";
import { PlainCodec } from "./plain_codec.ts";

/** A clock whose shortest wait is a turn of the event loop. */
export const turnClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    if (delayMs === 0) {
      const turn = setImmediate(run);
      return () => clearImmediate(turn);
    }
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A log in memory without delays. */
export function openMemoryLog(): MemoryLog {
  return new MemoryLog(new MemoryStream({ clock: turnClock }));
}

export interface NodeOptions extends
  Partial<
    Pick<
      ReplicaOptions,
      "epoch" | "limits" | "onError" | "codec" | "version"
    >
  >,
  Partial<Omit<ClusterJournalOptions, "log" | "replica" | "onError">> {
  readonly database?: SqlDatabase;
}

/** Every shard. */
export const ALL_SHARDS = Array.from({ length: SHARDS }, (_, shard) => shard);

/** Opens a journal of a cluster, by default in memory. */
export function openNode(
  log: ReplicatedLog,
  options: NodeOptions = {},
): Promise<ClusterJournal> {
  const { clock = turnClock, node = newNode(), database } = options;
  const replica = new Replica(database ?? openJournal(":memory:"), {
    epoch: "k3f9k3f9k3f9",
    codec: new PlainCodec(),
    ...options,
    clock,
  });
  return ClusterJournal.open({ ...options, log, replica, node, clock });
}

/** Opens a journal whose node owns every account. */
export async function openOwner(
  log: ReplicatedLog,
  options: NodeOptions = {},
): Promise<ClusterJournal> {
  const journal = await openNode(log, options);
  const { node } = journal;
  await Promise.all([
    journal.control({
      op: "join",
      node,
      folder: node,
      version: 1,
      edge: false,
    }),
    journal.control({ op: "take", node, shards: ALL_SHARDS }),
  ]);
  return journal;
}

/** A new id of a process. */
export function newNode(): string {
  return crypto.randomUUID().slice(0, 8);
}
