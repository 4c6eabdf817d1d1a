/** `friends`: the friend list of an account of a running bridge. @module */

import type { BridgeClient, OnlineFriend } from "../../../mod.ts";
import { ConfigError } from "../../config/config.ts";
import { quote } from "../../config/config_error.ts";
import { type InfoRequest, readOptions, toggle } from "../../config/option.ts";
import {
  ACCOUNT,
  CLIENT_OPTIONS,
  EXIT,
  painter,
  Progress,
  readAccount,
  readWhere,
  type Screen,
  systemScreen,
  withBridge,
} from "../client.ts";
import { formatTable, printable, type Terminal } from "../terminal.ts";

/** The options of `friends`. */
export const FRIENDS_OPTIONS = {
  account: ACCOUNT,
  online: toggle("only those that are online", { sources: ["flag"] }),
  ...CLIENT_OPTIONS,
} as const;

/** A friend as it is printed; those that are offline have a number and nothing more. */
type Friend = OnlineFriend | { uin: string; status: "offline" };

/** Runs `friends`. */
export async function friends(
  args: readonly string[],
  terminal: Terminal,
  screen: Screen = systemScreen(),
): Promise<number | InfoRequest> {
  const sources = terminal.sources(args);
  const reading = readOptions(FRIENDS_OPTIONS, [], sources);
  if ("asked" in reading) return reading;
  const { values, setBy, positionals } = reading;
  if (positionals.length > 0) {
    throw new ConfigError(
      `Cannot use friends: it takes flags only, got ${quote(positionals[0])}`,
    );
  }
  return await withBridge({
    where: readWhere(values, setBy, sources),
    terminal,
    async work(bridge) {
      const account = await readAccount(bridge, values.account);
      const found = await readFriends(bridge, account, values.online, screen);
      if (values.json) {
        for (const friend of found) terminal.out(JSON.stringify(friend));
        return EXIT.done;
      }
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
        terminal.out(
          found[index]!.status === "offline" ? paint("dim", row) : row,
        )
      );
      return EXIT.done;
    },
  });
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
