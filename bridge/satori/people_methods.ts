/** Methods about people: the account, its friends, and others. @module */

import { callCommand } from "../endpoint/call_command.ts";
import {
  assertAllows,
  badParams,
  cachedNickname,
  type Call,
  type CallContext,
} from "../endpoint/calls.ts";
import { CommandError } from "../errors/command_error.ts";
import * as z from "../deps_zod.ts";
import { uinOfRequest } from "./events.ts";
import { method, none, shortText, text, uin } from "./method.ts";
import {
  channelOf,
  type Login,
  loginOf,
  uinOfChannel,
  type User,
  userOf,
} from "./resources.ts";

export const PEOPLE_METHODS: readonly (readonly [string, Call])[] = [
  method("login.get", none, getLogin),
  method(
    "user.get",
    z.object({ user_id: uin }),
    async (context, { user_id }) => {
      const { profile } = await callCommand(context, "profile", {
        uin: user_id,
      });
      return userOf(user_id, profile.nickname);
    },
  ),
  method(
    "user.channel.create",
    z.object({ user_id: uin }),
    (context, { user_id }) =>
      channelOf(user_id, cachedNickname(context, user_id)),
  ),
  method(
    "channel.get",
    z.object({ channel_id: text }),
    async (context, { channel_id }) => {
      const other = otherOf("channel.get", channel_id);
      await context.people.find(context, other);
      return channelOf(other, cachedNickname(context, other));
    },
  ),
  method("friend.list", none, friendList),
  method(
    "friend.delete",
    z.object({ user_id: uin }),
    (context, { user_id }) =>
      callCommand(context, "removeFriend", { uin: user_id }),
  ),
  method(
    "friend.approve",
    z.object({
      message_id: text,
      approve: z.boolean({ error: "must be true or false" }),
      comment: shortText.optional(),
    }),
    (context, { message_id, approve, comment }) => {
      const from = uinOfRequest(message_id);
      if (from === undefined) {
        throw badParams(
          "friend.approve",
          "message_id must be that of a friend request",
        );
      }
      return callCommand(context, "answerRequest", {
        uin: from,
        answer: approve ? "accept" : "refuse",
        ...(comment === undefined ? {} : { reason: comment }),
      });
    },
  ),
];

/** Returns the QQ number of the other side of a channel. @throws {CommandError} If the id names no channel of QQ. */
export function otherOf(name: string, channelId: string): string {
  const other = uinOfChannel(channelId);
  if (other !== undefined) return other;
  throw badParams(name, "channel_id must be private:<QQ number>");
}

function getLogin(context: CallContext): Login {
  const { bridge, grant, account } = context;
  assertAllows(context, "accounts", "login.get");
  const login = bridge.accounts(grant).find(({ uin }) => uin === account);
  if (login !== undefined) return loginOf(login);
  // The account was removed since the request was checked.
  throw new CommandError(
    "unknown_account",
    `Cannot do login.get: the token ${grant.name} reaches no account ${account}`,
  );
}

/** Returns all friends at once, because QQ's lists are shorter than a page of the standard. */
async function friendList(
  context: CallContext,
): Promise<{ data: { user: User; nick?: string }[] }> {
  const [{ friends }, online] = await Promise.all([
    callCommand(context, "friends", {}),
    // If this fails, the list is complete but some names are missing.
    callCommand(context, "onlineFriends", {}).catch(() => ({ friends: [] })),
  ]);
  const names = new Map(online.friends.map((one) => [one.uin, one.nickname]));
  const unknown = friends.filter((one) => !names.has(one));
  for (const [uin, name] of await context.people.nicknames(context, unknown)) {
    names.set(uin, name);
  }
  return {
    data: friends.map((one) => {
      const nick = names.get(one) ?? "";
      return { user: userOf(one, nick), ...(nick === "" ? {} : { nick }) };
    }),
  };
}
