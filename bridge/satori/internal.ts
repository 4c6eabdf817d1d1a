/** What QQ has and Satori has not: commands of the bridge by their own names. @module */

import { callCommand } from "../endpoint/call_command.ts";
import { SEXES, STATUSES } from "../../mod.ts";
import { z } from "../deps.ts";
import { type Method, method, none, shortText, uin } from "./method.ts";

const sex = z.enum(namesOf(SEXES), {
  error: `must be one of ${namesOf(SEXES).join(", ")}`,
});

const status = z.enum(namesOf(STATUSES), {
  error: `must be one of ${namesOf(STATUSES).join(", ")}`,
});

/** See the module. Their parameters and results are those of the frame protocol. */
export const INTERNAL_METHODS: readonly (readonly [string, Method])[] = [
  method(
    "addFriend",
    z.object({ uin, reason: shortText.exactOptional() }),
    (caller, params) => callCommand(caller, "addFriend", params),
  ),
  method(
    "setStatus",
    z.object({ status }),
    (caller, params) => callCommand(caller, "setStatus", params),
  ),
  method(
    "search",
    z.object({
      age: z.int({ error: "must be a whole number" }).min(0).max(255)
        .exactOptional(),
      sex: sex.exactOptional(),
      province: shortText.exactOptional(),
    }),
    (caller, params) => callCommand(caller, "search", params),
  ),
  method(
    "profile",
    z.object({
      uin,
      level: z.int({ error: "must be 0, 1, 2 or 3" }).min(0).max(3)
        .exactOptional(),
    }),
    (caller, params) => callCommand(caller, "profile", params),
  ),
  method(
    "onlineFriends",
    none,
    (caller) => callCommand(caller, "onlineFriends", {}),
  ),
  method("login", none, (caller) => callCommand(caller, "login", {})),
  method("logout", none, (caller) => callCommand(caller, "logout", {})),
];

function namesOf<N extends string>(
  table: Readonly<Record<N, unknown>>,
): [N, ...N[]] {
  return Object.keys(table) as [N, ...N[]];
}
