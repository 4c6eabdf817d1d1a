/** Commands of the bridge that Satori does not have, by their own names. @module */

import { callCommand } from "../endpoint/call_command.ts";
import { SEXES, STATUSES } from "../../mod.ts";
import * as z from "../deps_zod.ts";
import type { Call } from "../endpoint/calls.ts";
import { method, none, shortText, uin } from "./method.ts";

const sex = z.enum(namesIn(SEXES), {
  error: `must be one of ${namesIn(SEXES).join(", ")}`,
});

const status = z.enum(namesIn(STATUSES), {
  error: `must be one of ${namesIn(STATUSES).join(", ")}`,
});

/** Their parameters and results are those of the frame protocol. */
export const INTERNAL_METHODS: readonly (readonly [string, Call])[] = [
  method(
    "addFriend",
    z.object({ uin, reason: shortText.exactOptional() }),
    (context, params) => callCommand(context, "addFriend", params),
  ),
  method(
    "setStatus",
    z.object({ status }),
    (context, params) => callCommand(context, "setStatus", params),
  ),
  method(
    "search",
    z.object({
      age: z.int({ error: "must be a whole number" }).min(0).max(255)
        .exactOptional(),
      sex: sex.exactOptional(),
      province: shortText.exactOptional(),
    }),
    (context, params) => callCommand(context, "search", params),
  ),
  method(
    "profile",
    z.object({
      uin,
      level: z.int({ error: "must be 0, 1, 2 or 3" }).min(0).max(3)
        .exactOptional(),
    }),
    (context, params) => callCommand(context, "profile", params),
  ),
  method(
    "onlineFriends",
    none,
    (context) => callCommand(context, "onlineFriends", {}),
  ),
  method("login", none, (context) => callCommand(context, "login", {})),
  method("logout", none, (context) => callCommand(context, "logout", {})),
];

function namesIn<N extends string>(
  table: Readonly<Record<N, unknown>>,
): [N, ...N[]] {
  return Object.keys(table) as [N, ...N[]];
}
