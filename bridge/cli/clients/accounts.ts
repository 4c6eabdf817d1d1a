/** `accounts`: the accounts of a running bridge, and their states. @module */

import type { AccountInfo, AccountState } from "../../../mod.ts";
import type { InfoRequest } from "../../config/option.ts";
import {
  CLIENT_OPTIONS,
  type Paint,
  painter,
  type Screen,
  systemScreen,
} from "../client.ts";
import { formatTable, printable, type Terminal } from "../terminal.ts";
import { runClientCommand } from "./client_command.ts";

/** Cause of a state that needs attention, and what to do. */
const HINTS: Partial<Record<AccountState, string>> = {
  penalised: "it was too fast, and waits",
  refused: "wrong password; give another with account change",
  replaced:
    "logged in elsewhere; log out there, or wait until the bridge logs in again",
};

export async function accounts(
  args: readonly string[],
  terminal: Terminal,
  screen: Screen = systemScreen(),
): Promise<number | InfoRequest> {
  return await runClientCommand(
    {
      name: "accounts",
      options: CLIENT_OPTIONS,
      async run(bridge, { json }) {
        const { accounts } = await bridge.accounts();
        if (json) {
          for (const account of accounts) terminal.out(JSON.stringify(account));
          return;
        }
        tableOf(accounts, painter(screen)).forEach(terminal.out);
        for (const { uin, state } of accounts) {
          const hint = HINTS[state];
          if (hint !== undefined) terminal.err(`${uin} is ${state}: ${hint}`);
        }
      },
    },
    args,
    terminal,
  );
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
