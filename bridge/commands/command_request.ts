/** The request of a command. @module */

import type { BridgeCommandName } from "../../mod.ts";

/** Where a command came from, as the log shows it. */
export interface RequestSource {
  /** Id of the connection or request. */
  readonly connection?: string | undefined;
  /** Address of the client. */
  readonly address?: string | undefined;
}

/** A command to run. Its parameters have been checked by the schema of its row. */
export interface CommandRequest {
  command: BridgeCommandName;
  /** QQ number; absent for commands that concern no account. */
  account?: string;
  params: object;
  /** Who sent it, for the log. */
  from?: RequestSource;
  /** A command that is repeated with the same key within 24 hours returns the first outcome. */
  key?: string;
}
