/** Actions about other people. @module */

import { callCommand } from "../../endpoint/call_command.ts";
import { SEXES } from "../../../mod.ts";
import * as z from "../../deps_zod.ts";
import { badParams, type Call } from "../../endpoint/calls.ts";
import { action } from "./action.ts";
import { uinOfFlag } from "../events.ts";
import { oneOf, shortText, toggle, uin, whole } from "./params.ts";

const none = z.object({});

/** Outcomes of a friend request. */
const ASKED = {
  added: "added",
  needs_verification: "pending",
  refused: "refused",
} as const;

export const FRIEND_ACTIONS: readonly (readonly [string, Call])[] = [
  action("get_friend_list", none, async (context) => {
    const [{ friends }, online] = await Promise.all([
      callCommand(context, "friends", {}),
      // If this fails, the list is complete but some names are missing.
      callCommand(context, "onlineFriends", {}).catch(() => ({ friends: [] })),
    ]);
    const known = new Map(online.friends.map((one) => [one.uin, one]));
    const names = await context.people.nicknames(
      context,
      friends.filter((one) => !known.has(one)),
    );
    return friends.map((one) => ({
      user_id: Number(one),
      nickname: known.get(one)?.nickname ?? names.get(one) ?? "",
      remark: "",
      status: known.get(one)?.status ?? "offline",
    }));
  }),
  action(
    "get_stranger_info",
    z.object({ user_id: uin }),
    async (context, { user_id }) => {
      const { profile } = await callCommand(context, "profile", {
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
    async (context, { flag, approve, reason }) => {
      const from = uinOfFlag(flag);
      if (from === undefined) {
        throw badParams(
          "set_friend_add_request",
          "flag must be that of a friend request",
        );
      }
      await callCommand(context, "answerRequest", {
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
    async (context, { user_id, friend_id }) => {
      const friend = user_id ?? friend_id;
      if (friend === undefined) {
        throw badParams("delete_friend", "user_id must be a QQ number");
      }
      await callCommand(context, "removeFriend", { uin: friend });
      return null;
    },
  ),
  action(
    "qq.add_friend",
    z.object({ user_id: uin, comment: shortText.optional() }),
    async (context, { user_id, comment }) => {
      const { answer } = await callCommand(context, "addFriend", {
        uin: user_id,
        ...(comment === undefined ? {} : { reason: comment }),
      });
      return { result: ASKED[answer] };
    },
  ),
  action("qq.get_friend_status", none, async (context) => {
    const { friends } = await callCommand(context, "onlineFriends", {});
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
    async (context, { age, sex, province }) => {
      const { people } = await callCommand(context, "search", {
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
