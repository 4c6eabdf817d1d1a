/** `friends`: the friend list of an account of a running bridge. @module */

import type { BridgeClient, OnlineFriend } from "../../../mod.ts";
import { type InfoRequest, toggle } from "../../config/option.ts";
import {
  ACCOUNT,
  CLIENT_OPTIONS,
  painter,
  Progress,
  readAccount,
  type Screen,
  systemScreen,
} from "../client.ts";
import { formatTable, printable, type Terminal } from "../terminal.ts";
import { runClientCommand } from "./client_command.ts";

export const FRIENDS_OPTIONS = {
  account: ACCOUNT,
  online: toggle("only those that are online", { sources: ["flag"] }),
  ...CLIENT_OPTIONS,
} as const;

/** A friend as it is printed. Of one that is offline only the number is known. */
type Friend = OnlineFriend | { uin: string; status: "offline" };

export async function friends(
  args: readonly string[],
  terminal: Terminal,
  screen: Screen = systemScreen(),
): Promise<number | InfoRequest> {
  return await runClientCommand(
    {
      name: "friends",
      options: FRIENDS_OPTIONS,
      async run(bridge, values) {
        const account = await readAccount(bridge, values.account);
        const found = await readFriends(bridge, account, values.online, screen);
        if (values.json) {
          for (const friend of found) terminal.out(JSON.stringify(friend));
        } else printFriends(found, terminal, screen);
      },
    },
    args,
    terminal,
  );
}

function printFriends(
  found: readonly Friend[],
  terminal: Terminal,
  screen: Screen,
): void {
  const paint = painter(screen);
  const [head, ...rows] = formatTable([
    ["UIN", "STATUS", "NICKNAME"],
    ...found.map((friend) => [
      friend.uin,
      friend.status,
      "nickname" in friend ? printable(friend.nickname) : "",
    ]),
  ]);
  terminal.out(paint("dim", head!));
  rows.forEach((row, index) =>
    terminal.out(found[index]!.status === "offline" ? paint("dim", row) : row)
  );
}

async function readFriends(
  bridge: BridgeClient,
  account: string,
  onlineOnly: boolean,
  screen: Screen,
): Promise<Friend[]> {
  using progress = new Progress(screen);
  progress.show(`Reading the friends of ${account}`);
  const { friends: online } = await bridge.onlineFriends(account);
  if (onlineOnly) return online;
  const { friends } = await bridge.friends(account);
  const known = new Map(online.map((friend) => [friend.uin, friend]));
  return friends.map((uin) => known.get(uin) ?? { uin, status: "offline" });
}
