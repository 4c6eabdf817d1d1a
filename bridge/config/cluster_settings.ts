/** The settings of a node of a cluster. @module */

import { ConfigError } from "./config_error.ts";
import type { Values } from "./option.ts";
import type { OPTIONS } from "./options.ts";
import type { ClusterConfig, Config } from "./settings.ts";

/** The cluster of the settings; undefined if they name no server. */
export function readCluster(
  values: Pick<
    Values<typeof OPTIONS>,
    | "cluster"
    | "clusterName"
    | "clusterEdge"
    | "clusterCredsFile"
    | "clusterLogHours"
    | "clusterLogBytes"
  >,
  setBy: ReadonlyMap<string, string>,
): ClusterConfig | undefined {
  if (values.cluster.length > 0) {
    return {
      servers: [...new Set(values.cluster)],
      name: values.clusterName,
      isEdge: values.clusterEdge,
      credentialsFile: values.clusterCredsFile,
      logHours: values.clusterLogHours,
      logBytes: values.clusterLogBytes,
    };
  }
  const alone = [
    "clusterName",
    "clusterEdge",
    "clusterCredsFile",
    "clusterLogHours",
    "clusterLogBytes",
  ].find((name) => setBy.has(name));
  if (alone === undefined) return undefined;
  throw new ConfigError(
    `Cannot use ${setBy.get(alone)}: must be set together with --cluster`,
  );
}

/** Throws a ConfigError if a node of a cluster cannot have these settings. */
export function checkCluster(
  config: Config,
  setBy: ReadonlyMap<string, string>,
): void {
  const { cluster, upstream, dataFolder, secretKey } = config;
  if (cluster === undefined) return;
  const rule = upstream === "embedded"
    ? "needs --upstream with the URL of a QQ server, because every node logs in there"
    : upstream.startsWith("tcp:")
    ? "needs an --upstream with http: or https:, because pushed mail that was not stored is lost with a node"
    : dataFolder === undefined
    ? "must not be set together with --memory"
    : secretKey === undefined
    ? "needs TQQ_SECRET_KEY, the same on every node"
    : undefined;
  if (rule === undefined) return;
  throw new ConfigError(`Cannot use ${setBy.get("cluster")}: ${rule}`);
}
