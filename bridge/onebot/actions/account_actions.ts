/** Actions about the account itself, and about the bridge. @module */

import { callCommand } from "../../endpoint/call_command.ts";
import type { Status } from "../../../mod.ts";
import * as z from "../../deps_zod.ts";
import { VERSION } from "../../version.ts";
import { assertAllows, badParams, type Call } from "../../endpoint/calls.ts";
import { action, statusOf } from "./action.ts";

const none = z.object({});

/**
 * Words and numbers of presences: those of QQ HTTP, then those of later
 * clients. Away and do not disturb are nearest to busy.
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

export const ACCOUNT_ACTIONS: readonly (readonly [string, Call])[] = [
  action("get_login_info", none, async (context) => {
    const { bridge, grant, account, people } = context;
    assertAllows(context, "accounts", "get_login_info");
    const known = bridge.accounts(grant).find(({ uin }) => uin === account);
    const nickname = known?.nickname ||
      (await people.find(context, account)).nickname;
    return { user_id: Number(account), nickname };
  }),
  action("get_status", none, (context) => {
    assertAllows(context, "accounts", "get_status");
    return statusOf(context);
  }),
  action("get_version_info", none, () => ({
    app_name: "tqq",
    app_version: VERSION,
    protocol_version: "v11",
  })),
  action("can_send_image", none, () => ({ yes: false })),
  action("can_send_record", none, () => ({ yes: false })),
  // Bots that know groups would report an error for every other answer.
  action("get_group_list", none, () => []),
  action(
    "set_online_status",
    z.object({ status: z.unknown().optional() }),
    async (context, { status }) => {
      const name = String(status);
      const known = Object.hasOwn(STATUSES, name) ? STATUSES[name] : undefined;
      if (known === undefined) {
        throw badParams(
          "set_online_status",
          "status must be online, offline, busy or invisible, or a number for one",
        );
      }
      await callCommand(context, "setStatus", { status: known });
      return null;
    },
  ),
  action("qq.login", none, (context) => callCommand(context, "login", {})),
  action("qq.logout", none, (context) => callCommand(context, "logout", {})),
];
