/** What the gateway and the dialects know of the bridge. @module */

import type { AccountInfo } from "../../mod.ts";
import type { CommandRequest } from "../commands/command_request.ts";
import type { Journal } from "../journal/journal.ts";
import type { Consumers } from "../hub/consumers.ts";
import type { Grant } from "../access/grant.ts";
import type { Hub } from "../hub/hub.ts";

/** What an account is doing, for health and metrics. */
export interface AccountHealth extends AccountInfo {
  /** Why it is in its state. */
  reason?: string;
  /** What the user can do. */
  action?: string;
  /** When a poll was last answered, in milliseconds since 1970. */
  lastPollAt?: number;
  /** Whether the bridge is meant to be logged in to it. */
  wanted: boolean;
}

/** See the module. */
export interface BridgeApi {
  /** The journal. */
  readonly journal: Journal;
  /** Where readers of the journal are opened. */
  readonly hub: Hub;
  /** The names that clients gave themselves; each has one connection, whatever its dialect. */
  readonly consumers: Consumers;
  /** The accounts that a grant reaches, ascending by number. */
  accounts(grant: Grant): AccountInfo[];
  /** All accounts, for health and metrics. */
  health(): AccountHealth[];
  /** How many commands wait in the outboxes. */
  readonly waiting: number;
  /** Does a command. Checks scope and account. Rejects with CommandError and nothing else. */
  run(grant: Grant, request: CommandRequest): Promise<unknown>;
}
