/** The request of a command. @module */

import type { BridgeCommandName } from "../../mod.ts";

/** A command to run. Its parameters have been checked by the schema of its row. */
export interface CommandRequest {
  command: BridgeCommandName;
  /** QQ number; absent for commands that concern no account. */
  account?: string;
  params: object;
  /** A command that is repeated with the same key within 24 hours returns the first outcome. */
  key?: string;
}
