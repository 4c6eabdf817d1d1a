/** Actions about other people. @module */

import { callCommand } from "../../endpoint/call_command.ts";
import { SEXES } from "../../../mod.ts";
import { CommandError } from "../../errors/command_error.ts";
import { z } from "../../deps.ts";
import { type Action, action } from "./action.ts";
import { uinOfFlag } from "../events.ts";
import { oneOf, shortText, toggle, uin, whole } from "./params.ts";

const none = z.object({});

/** What became of asking somebody to be a friend. */
const ASKED = {
  added: "added",
  needs_verification: "pending",
  refused: "refused",
} as const;

/** See the module. */
export const FRIEND_ACTIONS: readonly (readonly [string, Action])[] = [
  action("get_friend_list", none, async (caller) => {
    const [{ friends }, online] = await Promise.all([
      callCommand(caller, "friends", {}),
      // Without it the list is whole, but for some names.
      callCommand(caller, "onlineFriends", {}).catch(() => ({ friends: [] })),
    ]);
    const there = new Map(online.friends.map((one) => [one.uin, one]));
    const names = await caller.people.nicknames(
      caller,
      friends.filter((one) => !there.has(one)),
    );
    return friends.map((one) => ({
      user_id: Number(one),
      nickname: there.get(one)?.nickname ?? names.get(one) ?? "",
      remark: "",
      status: there.get(one)?.status ?? "offline",
    }));
  }),
  action(
    "get_stranger_info",
    z.object({ user_id: uin }),
    async (caller, { user_id }) => {
      const { profile } = await callCommand(caller, "profile", {
        uin: user_id,
      });
      const { uin: _, nickname, sex, age, ...more } = profile;
      return {
        ...more,
        user_id: Number(user_id),
        nickname,
        sex: sex ?? "unknown",
        age: age ?? 0,
      };
    },
  ),
  action(
    "set_friend_add_request",
    z.object({
      flag: z.string({ error: "must be the flag of a friend request" }),
      approve: toggle(true),
      reason: shortText.optional(),
    }),
    async (caller, { flag, approve, reason }) => {
      const from = uinOfFlag(flag);
      if (from === undefined) {
        throw new CommandError(
          "bad_params",
          "Cannot do set_friend_add_request: flag must be that of a friend request",
        );
      }
      await callCommand(caller, "answerRequest", {
        uin: from,
        answer: approve ? "accept" : "refuse",
        ...(reason === undefined ? {} : { reason }),
      });
      return null;
    },
  ),
  action(
    "delete_friend",
    z.object({ user_id: uin.optional(), friend_id: uin.optional() }),
    async (caller, { user_id, friend_id }) => {
      const friend = user_id ?? friend_id;
      if (friend === undefined) {
        throw new CommandError(
          "bad_params",
          "Cannot do delete_friend: user_id must be a QQ number",
        );
      }
      await callCommand(caller, "removeFriend", { uin: friend });
      return null;
    },
  ),
  action(
    "qq.add_friend",
    z.object({ user_id: uin, comment: shortText.optional() }),
    async (caller, { user_id, comment }) => {
      const { answer } = await callCommand(caller, "addFriend", {
        uin: user_id,
        ...(comment === undefined ? {} : { reason: comment }),
      });
      return { result: ASKED[answer] };
    },
  ),
  action("qq.get_friend_status", none, async (caller) => {
    const { friends } = await callCommand(caller, "onlineFriends", {});
    return friends.map(({ uin, ...more }) => ({
      user_id: Number(uin),
      ...more,
    }));
  }),
  action(
    "qq.finger",
    z.object({
      age: whole(0, 255).optional(),
      sex: oneOf(Object.keys(SEXES) as [keyof typeof SEXES]).optional(),
      province: shortText.optional(),
    }),
    async (caller, { age, sex, province }) => {
      const { people } = await callCommand(caller, "search", {
        ...(age === undefined ? {} : { age }),
        ...(sex === undefined ? {} : { sex }),
        ...(province === undefined ? {} : { province }),
      });
      return people.map(({ uin, nickname }) => ({
        user_id: Number(uin),
        nickname,
      }));
    },
  ),
];
