/** Methods about people: the account itself, its friends, anybody. @module */

import { callCommand } from "../endpoint/call_command.ts";
import { allows } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import { z } from "../deps.ts";
import { uinOfRequest } from "./events.ts";
import {
  type Caller,
  type Method,
  method,
  nicknameOf,
  none,
  shortText,
  text,
  uin,
} from "./method.ts";
import {
  channelOf,
  type Login,
  loginOf,
  uinOfChannel,
  type User,
  userOf,
} from "./resources.ts";

/** See the module. */
export const PEOPLE_METHODS: readonly (readonly [string, Method])[] = [
  method("login.get", none, loginOfCaller),
  method(
    "user.get",
    z.object({ user_id: uin }),
    async (caller, { user_id }) => {
      const { profile } = await callCommand(caller, "profile", {
        uin: user_id,
      });
      return userOf(user_id, profile.nickname);
    },
  ),
  method(
    "user.channel.create",
    z.object({ user_id: uin }),
    (caller, { user_id }) => channelOf(user_id, nicknameOf(caller, user_id)),
  ),
  method(
    "channel.get",
    z.object({ channel_id: text }),
    async (caller, { channel_id }) => {
      const other = otherOf("channel.get", channel_id);
      await caller.people.find(caller, other);
      return channelOf(other, nicknameOf(caller, other));
    },
  ),
  method("friend.list", none, friendList),
  method(
    "friend.delete",
    z.object({ user_id: uin }),
    (caller, { user_id }) =>
      callCommand(caller, "removeFriend", { uin: user_id }),
  ),
  method(
    "friend.approve",
    z.object({
      message_id: text,
      approve: z.boolean({ error: "must be true or false" }),
      comment: shortText.optional(),
    }),
    (caller, { message_id, approve, comment }) => {
      const from = uinOfRequest(message_id);
      if (from === undefined) {
        throw new CommandError(
          "bad_params",
          "Cannot do friend.approve: message_id must be that of a friend request",
        );
      }
      return callCommand(caller, "answerRequest", {
        uin: from,
        answer: approve ? "accept" : "refuse",
        ...(comment === undefined ? {} : { reason: comment }),
      });
    },
  ),
];

/** The other of a conversation. Throws CommandError where it is none of QQ's. */
export function otherOf(name: string, channelId: string): string {
  const other = uinOfChannel(channelId);
  if (other !== undefined) return other;
  throw new CommandError(
    "bad_params",
    `Cannot do ${name}: channel_id must be private:<QQ number>`,
  );
}

function loginOfCaller({ bridge, grant, account }: Caller): Login {
  if (!allows(grant, "accounts")) {
    throw new CommandError(
      "forbidden",
      `Cannot do login.get: the token ${grant.name} does not have the scope read`,
    );
  }
  const login = bridge.accounts(grant).find(({ uin }) => uin === account);
  if (login !== undefined) return loginOf(login);
  throw new CommandError(
    "unknown_account",
    `Cannot do login.get: the token ${grant.name} reaches no account ${account}`,
  );
}

/** All friends at once: the standard's pages are for what is longer than QQ's lists. */
async function friendList(
  caller: Caller,
): Promise<{ data: { user: User; nick?: string }[] }> {
  const [{ friends }, online] = await Promise.all([
    callCommand(caller, "friends", {}),
    // Without it the list is whole, but for some names.
    callCommand(caller, "onlineFriends", {}).catch(() => ({ friends: [] })),
  ]);
  const names = new Map(online.friends.map((one) => [one.uin, one.nickname]));
  const unknown = friends.filter((one) => !names.has(one));
  for (const [uin, name] of await caller.people.nicknames(caller, unknown)) {
    names.set(uin, name);
  }
  return {
    data: friends.map((one) => {
      const nick = names.get(one) ?? "";
      return { user: userOf(one, nick), ...(nick === "" ? {} : { nick }) };
    }),
  };
}
