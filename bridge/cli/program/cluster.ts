/** The program's part in a cluster, which is loaded only with `--cluster`. @module */

import { systemClock } from "../../../lib/clock.ts";
import type {
  ClusterAddress,
  ClusterNode,
  ClusterProgram,
} from "../../cluster/cluster_program.ts";
import { type ClusterConfig, ConfigError } from "../../config/config.ts";
import type { Log } from "../../ops/log.ts";
import type { Metrics } from "../../ops/metrics.ts";
import type { BridgeDatabase } from "../../storage/bridge_database.ts";
import { type DataFolder, FILES } from "../../storage/data_folder.ts";
import type { Shutdown } from "./shutdown.ts";
import { abortAtEnd } from "./signals.ts";

/** Computed, so that a start without a cluster neither loads nor fetches it. */
const PROGRAM = new URL("../../cluster/nats/program.ts", import.meta.url).href;

/** Part of the log's size from which it is reported as nearly full. */
const NEARLY_FULL = 0.8;

/** Errors that are the operator's to mend. */
const MEANT = new Set([
  "DivergenceError",
  "FoundingError",
  "LogLostError",
  "NatsApiError",
  "RangeError",
  "RecordVersionError",
]);

/**
 * Loads the modules of a cluster.
 *
 * @param isBinary Whether this is the binary of `deno task compile`.
 * @throws {ConfigError} If the client of NATS cannot be loaded.
 */
export async function loadCluster(
  isBinary: boolean = Deno.build.standalone,
): Promise<ClusterProgram> {
  if (isBinary) {
    throw new ConfigError(
      "Cannot use --cluster: the binary of `deno task compile` has no cluster. Start each node from the source, with `deno task start:cluster`.",
    );
  }
  try {
    const { program } = await import(PROGRAM) as { program: ClusterProgram };
    return program;
  } catch (cause) {
    throw new ConfigError(
      `Cannot use --cluster: the client of NATS cannot be loaded, ${
        String((cause as Error).message).split("\n")[0]
      }. Start with \`deno task start:cluster\`.`,
      { cause },
    );
  }
}

/** Address of the configured cluster. */
export function addressOf(
  { servers, name, credentialsFile }: ClusterConfig,
): ClusterAddress {
  return {
    servers,
    name,
    credentials: credentialsFile === undefined
      ? undefined
      : readCredentials(credentialsFile),
  };
}

/**
 * Opens this folder's node, and waits until it has caught up.
 *
 * @throws {ConfigError} If it cannot join.
 */
export async function openCluster(parts: {
  config: ClusterConfig;
  secretKey: string;
  folder: DataFolder;
  database: BridgeDatabase;
  log: Log;
  metrics: Metrics;
  closing: Shutdown;
}): Promise<ClusterNode> {
  const { config, secretKey, folder, database, log, metrics, closing } = parts;
  const program = await loadCluster();
  const known = database.get("cluster");
  if (known !== undefined && known !== config.name) {
    throw new ConfigError(
      `Cannot use --cluster-name: the data folder belongs to cluster ${known}, got ${config.name}`,
    );
  }
  using ending = abortAtEnd(() =>
    new ConfigError(
      "Cannot join the cluster: the program was ended before it had a replica",
    )
  );
  const opened = await meant(() =>
    program.openNode(addressOf(config), {
      secretKey,
      path: folder.file(FILES.journal),
      folder: folderId(database),
      isEdge: config.isEdge,
      logHours: config.logHours,
      logBytes: config.logBytes,
      clock: systemClock,
      monotonic: () => performance.now(),
      signal: ending.signal,
      listener: {
        onLease: (isLeased) => {
          if (isLeased) return log.info("cluster lease begun");
          metrics.clusterCount("lapses");
          log.warn("cluster lease ended");
        },
        onCall: (outcome) => metrics.clusterCall(outcome),
        onShards: (count) => log.info("cluster shards changed", { count }),
        onStopped: (error) =>
          log.error("cluster node stopped serving", { error }),
        onFolderTaken: (node) => {
          log.error("another process uses a copy of this data folder", {
            node,
          });
          // Never again: the two would remove each other for ever.
          setTimeout(() => Deno.exit(2), 200);
        },
        onCopy: (node, bytes) =>
          log.info("cluster replica is being copied", { node, bytes }),
        onCopyWaits: (errors) =>
          log.warn("no node gives a copy of its replica, trying again", {
            error: errors.at(-1),
          }),
        onLog: (info) => warnIfNearlyFull(info, log),
        onForged: (error) => log.warn("cluster message refused", { error }),
        onAppend: (seconds) => {
          metrics.appended(seconds);
          metrics.clusterAppended(seconds);
        },
        onRenewal: () => metrics.clusterCount("renewals"),
        onTakeover: (nodes) => metrics.clusterCount("takeovers", nodes),
        onError: (error) => log.warn("cluster failed, trying again", { error }),
      },
    })
  );
  database.set("cluster", config.name);
  database.set("cluster_found", opened.record.toHex());
  closing.add("cluster", () => opened.close());
  const { node } = opened;
  metrics.watchCluster(() => {
    const { members, applied, node: id } = node.status();
    return {
      members: members.length,
      shards: members.find((member) => member.node === id)?.shards ?? 0,
      applied,
      lag: node.lag,
      lost: node.problem === "cluster_log_lost" ? 1 : 0,
    };
  });
  log.info("cluster caught up", {
    node: node.journal.node,
    index: node.journal.applied,
    seq: node.journal.head,
  });
  return node;
}

/** Warns that the cluster's log has little space left. */
export function warnIfNearlyFull(
  { bytes, maxBytes = Infinity }: { bytes: number; maxBytes?: number },
  log: Pick<Log, "warn">,
): void {
  if (bytes < NEARLY_FULL * maxBytes) return;
  log.warn("cluster log is nearly full", {
    bytes,
    action: "Raise --cluster-log-bytes, or lower --cluster-log-hours",
  });
}

/** Turns errors that the operator can mend into a ConfigError. */
export async function meant<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { name, message } = error as Error;
    const isUnreached = /CONNECTION|connection|refused|timeout|TIMEOUT/.test(
      `${name} ${message}`,
    );
    if (!MEANT.has(name) && !isUnreached) throw error;
    throw new ConfigError(
      isUnreached && !MEANT.has(name)
        ? `Cannot use --cluster: its servers cannot be reached, ${message}`
        : message,
      { cause: error },
    );
  }
}

/** Id of a data folder, which its lock gives to one process at a time. */
export function folderId(database: BridgeDatabase): string {
  const known = database.get("cluster_folder");
  if (known !== undefined) return known;
  const made = crypto.randomUUID();
  database.set("cluster_folder", made);
  return made;
}

function readCredentials(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (cause) {
    throw new ConfigError(
      `Cannot use TQQ_CLUSTER_CREDS_FILE: the file must be readable, got ${
        JSON.stringify(path)
      }`,
      { cause },
    );
  }
}
