/** `accounts`: the accounts of a running bridge, and what each is doing. @module */

import type { AccountInfo, AccountState } from "../../../mod.ts";
import { ConfigError } from "../../config/config.ts";
import { quote } from "../../config/config_error.ts";
import { type InfoRequest, readOptions } from "../../config/option.ts";
import {
  CLIENT_OPTIONS,
  EXIT,
  type Paint,
  painter,
  readWhere,
  type Screen,
  systemScreen,
  withBridge,
} from "../client.ts";
import { formatTable, printable, type Terminal } from "../terminal.ts";

/** What is behind a state that is not as it should be, and what helps. */
const HINTS: Partial<Record<AccountState, string>> = {
  penalised: "it was too fast, and waits",
  refused: "wrong password; give another with account change",
  replaced:
    "logged in elsewhere; log out there, or wait until the bridge logs in again",
};

/** Runs `accounts`. */
export async function accounts(
  args: readonly string[],
  terminal: Terminal,
  screen: Screen = systemScreen(),
): Promise<number | InfoRequest> {
  const sources = terminal.sources(args);
  const reading = readOptions(CLIENT_OPTIONS, [], sources);
  if ("asked" in reading) return reading;
  const { values, setBy, positionals } = reading;
  if (positionals.length > 0) {
    throw new ConfigError(
      `Cannot use accounts: it takes flags only, got ${quote(positionals[0])}`,
    );
  }
  return await withBridge({
    where: readWhere(values, setBy, sources),
    terminal,
    async work(bridge) {
      const { accounts } = await bridge.accounts();
      if (values.json) {
        for (const account of accounts) terminal.out(JSON.stringify(account));
        return EXIT.done;
      }
      tableOf(accounts, painter(screen)).forEach(terminal.out);
      for (const { uin, state } of accounts) {
        const hint = HINTS[state];
        if (hint !== undefined) terminal.err(`${uin} is ${state}: ${hint}`);
      }
      return EXIT.done;
    },
  });
}

function tableOf(accounts: readonly AccountInfo[], paint: Paint): string[] {
  const [head, ...rows] = formatTable([
    ["UIN", "STATE", "SINCE", "NICKNAME"],
    ...accounts.map(({ uin, state, since, nickname }) => [
      uin,
      state,
      since.slice(0, 19) + "Z",
      printable(nickname),
    ]),
  ]);
  return [
    paint("dim", head!),
    ...rows.map((row, index) =>
      accounts[index]!.state === "online" ? row : paint("yellow", row)
    ),
  ];
}
