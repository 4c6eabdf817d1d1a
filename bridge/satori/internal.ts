/** What QQ has and Satori has not: commands of the bridge by their own names. @module */

import { SEXES, STATUSES } from "../../mod.ts";
import { z } from "../deps.ts";
import {
  type Method,
  method,
  none,
  runCommand,
  shortText,
  uin,
} from "./method.ts";

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
    (caller, params) => runCommand(caller, "addFriend", params),
  ),
  method(
    "setStatus",
    z.object({ status }),
    (caller, params) => runCommand(caller, "setStatus", params),
  ),
  method(
    "search",
    z.object({
      age: z.int({ error: "must be a whole number" }).min(0).max(255)
        .exactOptional(),
      sex: sex.exactOptional(),
      province: shortText.exactOptional(),
    }),
    (caller, params) => runCommand(caller, "search", params),
  ),
  method(
    "profile",
    z.object({
      uin,
      level: z.int({ error: "must be 0, 1, 2 or 3" }).min(0).max(3)
        .exactOptional(),
    }),
    (caller, params) => runCommand(caller, "profile", params),
  ),
  method(
    "onlineFriends",
    none,
    (caller) => runCommand(caller, "onlineFriends", {}),
  ),
  method("login", none, (caller) => runCommand(caller, "login", {})),
  method("logout", none, (caller) => runCommand(caller, "logout", {})),
];

function namesOf<N extends string>(
  table: Readonly<Record<N, unknown>>,
): [N, ...N[]] {
  return Object.keys(table) as [N, ...N[]];
}
