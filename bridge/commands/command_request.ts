/** A command on its way to the bridge. @module */

import type { BridgeCommandName } from "../../mod.ts";

/** A command whose parameters have been checked by its schema. */
export interface CommandRequest {
  /** Name of the command. */
  command: BridgeCommandName;
  /** QQ number of the account that acts; absent for the bridge's own commands. */
  account?: string;
  /** Parameters of the command. */
  params: object;
  /** Idempotency key: repeated within 24 hours, it returns the first outcome. */
  key?: string;
}
