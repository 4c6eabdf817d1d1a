/** The view of the bridge for the gateway and the dialects. @module */

import type { AccountInfo } from "../../mod.ts";
import type { CommandRequest } from "../commands/command_request.ts";
import type { JournalState } from "../journal/journal.ts";
import type { Consumers } from "../hub/consumers.ts";
import type { OpenConnections } from "../hub/open_connections.ts";
import type { Grant } from "../access/grant.ts";
import type { TargetService } from "../targets/target_service.ts";
import type { EventReader } from "../hub/event_reader.ts";

/**
 * What keeps a node of a cluster from working: it has no lease, because its log
 * does not answer, or the log lost records, or this node must not go on.
 */
export type ClusterProblem =
  | "cluster_behind"
  | "cluster_disconnected"
  | "cluster_log_lost";

/** State of an account, for health and metrics. */
export interface AccountHealth extends AccountInfo {
  /** Reason of the state. */
  reason?: string;
  /** What the user can do about the state. */
  action?: string;
  /** Time of the last answered poll, in milliseconds since 1970. */
  lastPollAt?: number;
  /** Whether the bridge keeps the account logged in. */
  wanted: boolean;
}

/** The journal, consumers and commands of a bridge. */
export interface BridgeApi {
  /** Epoch and positions of the journal. Its events are read with {@linkcode BridgeApi.readerFor}. */
  readonly journal: JournalState;
  /**
   * Returns a reader of the events that a grant allows.
   *
   * @param address Address of the client, for the log of refusals.
   * @throws {CommandError} `forbidden` if it does not have the scope read.
   */
  readerFor(grant: Grant, address?: string): EventReader;
  /** Named readers; each has one connection, whatever its dialect. */
  readonly consumers: Consumers;
  /** The open connections of clients. */
  readonly connections: OpenConnections;
  /**
   * Returns the accounts that a grant reaches, ascending by number.
   *
   * @param named Numbers to which the accounts are limited; each must be within
   * the grant. @default all
   */
  accounts(grant: Grant, named?: readonly string[]): AccountInfo[];
  /** Returns all accounts, for health and metrics. */
  health(): AccountHealth[];
  /** Undefined if the bridge serves no targets. */
  readonly targetService?: TargetService | undefined;
  /** Why this node of a cluster is not ready; undefined if it is, or without a cluster. */
  readonly clusterProblem?: ClusterProblem | undefined;
  /** Number of commands that wait in the outboxes. */
  readonly waiting: number;
  /** Runs a command after checking scope and account. Rejects only with `CommandError`. */
  run(grant: Grant, request: CommandRequest): Promise<unknown>;
}
