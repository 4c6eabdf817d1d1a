/** Actions about the account itself, and about the bridge. @module */

import { callCommand } from "../../endpoint/call_command.ts";
import type { Status } from "../../../mod.ts";
import { allows, type Grant } from "../../access/grant.ts";
import { CommandError } from "../../errors/command_error.ts";
import { z } from "../../deps.ts";
import { VERSION } from "../../version.ts";
import { type Action, action, statusOf } from "./action.ts";

const none = z.object({});

/**
 * Words and numbers of presences: those of QQ HTTP, then those of later
 * clients, of which away and do not disturb come nearest to busy.
 */
const STATUSES: Readonly<Record<string, Status>> = {
  online: "online",
  offline: "offline",
  busy: "busy",
  invisible: "invisible",
  10: "online",
  20: "offline",
  30: "busy",
  40: "invisible",
  11: "online",
  31: "busy",
  41: "invisible",
  50: "busy",
  60: "online",
  70: "busy",
};

/** See the module. */
export const ACCOUNT_ACTIONS: readonly (readonly [string, Action])[] = [
  action("get_login_info", none, async ({ people, ...caller }) => {
    const { bridge, grant, account } = caller;
    assertReads("get_login_info", grant);
    const known = bridge.accounts(grant).find(({ uin }) => uin === account);
    const nickname = known?.nickname ||
      (await people.find(caller, account)).nickname;
    return { user_id: Number(account), nickname };
  }),
  action("get_status", none, (caller) => {
    assertReads("get_status", caller.grant);
    return statusOf(caller);
  }),
  action("get_version_info", none, () => ({
    app_name: "tqq",
    app_version: VERSION,
    protocol_version: "v11",
  })),
  action("can_send_image", none, () => ({ yes: false })),
  action("can_send_record", none, () => ({ yes: false })),
  // True, and it keeps bots that know groups quiet.
  action("get_group_list", none, () => []),
  action(
    "set_online_status",
    z.object({ status: z.unknown().optional() }),
    async (caller, { status }) => {
      const name = String(status);
      const known = Object.hasOwn(STATUSES, name) ? STATUSES[name] : undefined;
      if (known === undefined) {
        throw new CommandError(
          "bad_params",
          `Cannot do set_online_status: status must be online, offline, busy or invisible, or a number for one`,
        );
      }
      await callCommand(caller, "setStatus", { status: known });
      return null;
    },
  ),
  action("qq.login", none, (caller) => callCommand(caller, "login", {})),
  action("qq.logout", none, (caller) => callCommand(caller, "logout", {})),
];

/** What the bridge knows of an account without asking QQ needs a scope as well. */
function assertReads(name: string, grant: Grant): void {
  if (allows(grant, "accounts")) return;
  throw new CommandError(
    "forbidden",
    `Cannot do ${name}: the token ${grant.name} does not have the scope read`,
  );
}
