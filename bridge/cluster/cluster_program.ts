/** What the program needs of a cluster. Its modules and packages are loaded only with one. @module */

import type { ClusterNode, ClusterNodeOptions } from "./cluster_node.ts";
import type { ClusterStatus } from "./cluster_status.ts";
import type {
  OfflineReplica,
  OfflineReplicaOptions,
} from "./offline_replica.ts";
import type { LogInfo } from "./replicated_log.ts";
import type { Founding } from "./sealing/founding.ts";
import type { AskedMember } from "./upkeep/rebuild.ts";

/** How a cluster's servers are reached. */
export interface ClusterAddress {
  /** URLs of the servers, `nats:` or `tls:`. */
  readonly servers: readonly string[];
  /** Content of a credentials file; no credentials if `undefined`. */
  readonly credentials?: Uint8Array | undefined;
  /** Name of the cluster. */
  readonly name: string;
}

/** A node whose log is open. */
export interface OpenedNode {
  readonly node: ClusterNode;
  /** The founding record of the cluster. */
  readonly record: Uint8Array;
  /** Whether a server of the log is connected at the moment. */
  readonly isConnected: () => boolean;
  /** Closes the replica and the log. */
  close(): Promise<void>;
}

/** Options of a new cluster. */
export interface ClusterFoundation extends Founding {
  readonly secretKey: string;
  /** Size at which the log refuses records, in bytes. */
  readonly maxBytes: number;
}

/** What the cluster still has of a log that lost records. */
export interface LogSurvey {
  /** Why the log cannot go on; undefined if it holds what the folder has. */
  readonly loss: string | undefined;
  /** Whether the log has a founding record of another log than that which the folder follows. */
  readonly isOther: boolean;
  readonly members: readonly AskedMember[];
  /** Whether every member answered, and none has what the folder lacks. */
  readonly keepsEpoch: boolean;
  readonly epoch: string;
  /** Position of the last event. */
  readonly head: number;
  /** Index of the last record that the folder has applied. */
  readonly applied: number;
}

/** Loaded with `--cluster` and by `tqq cluster`. */
export interface ClusterProgram {
  /** Connects, and opens a node that has caught up. */
  openNode(
    address: ClusterAddress,
    options: Omit<ClusterNodeOptions, "log" | "rpc" | "name"> & {
      /** Size at which the log refuses records, in bytes; undefined leaves it as it is. */
      readonly logBytes?: number | undefined;
    },
  ): Promise<OpenedNode>;
  /** Opens a replica without its log. */
  openReplica(options: OfflineReplicaOptions): OfflineReplica;
  /** Creates the log. Returns false if it was founded before. */
  found(
    address: ClusterAddress,
    foundation: ClusterFoundation,
  ): Promise<boolean>;
  /** What a node would find: the servers' version, and whether the secret key is the cluster's. */
  examine(
    address: ClusterAddress,
    secretKey: string,
  ): Promise<{ version: string; info: LogInfo; replicas: number }>;
  /** Compares a folder's replica with the log, and with the replicas of all members. */
  survey(
    address: ClusterAddress,
    replica: OfflineReplicaOptions & { readonly folder: string },
  ): Promise<LogSurvey>;
  /** The founding record of a log that takes the place of a lost one. */
  successor(
    record: Uint8Array,
    founding: Pick<Founding, "epoch" | "head">,
    secretKey: string,
    name: string,
  ): Uint8Array;
  /**
   * Makes a folder's replica the first of a log, deletes the log of that name,
   * and creates it with a founding record. The second time it does nothing more.
   *
   * @param path Path of the replica.
   */
  refound(
    address: ClusterAddress,
    founding: { record: Uint8Array; secretKey: string; maxBytes: number },
    path: string,
  ): Promise<void>;
  /** State of the log. */
  logInfo(address: ClusterAddress): Promise<LogInfo>;
}

export type { AskedMember, ClusterNode, ClusterNodeOptions, ClusterStatus };
