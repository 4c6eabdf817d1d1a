/** Calls of the bridge's commands with their types. @module */

import type { BridgeCommandName, BridgeCommands } from "../../mod.ts";
import type { Grant } from "../access/grant.ts";
import type { BridgeApi } from "../core/bridge_api.ts";

/** What a command is called with in addition to its parameters. */
export interface CommandContext {
  readonly bridge: Pick<BridgeApi, "run">;
  readonly grant: Grant;
  /** QQ number of the account that the command is for. */
  readonly account: string;
  /** Makes a repeated command safe. @default not safe to repeat */
  readonly key?: string;
}

/** Runs a command of the bridge. Rejects with CommandError. */
export async function callCommand<C extends BridgeCommandName>(
  { bridge, grant, account, key }: CommandContext,
  command: C,
  params: BridgeCommands[C]["params"],
): Promise<BridgeCommands[C]["data"]> {
  return await bridge.run(grant, {
    command,
    account,
    params,
    ...(key === undefined ? {} : { key }),
  }) as BridgeCommands[C]["data"];
}
