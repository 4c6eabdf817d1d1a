/** `requests` and `conversations`: what waits at the accounts of a running bridge. @module */

import type { EventFrame } from "../../../mod.ts";
import { type InfoRequest, toggle, value } from "../../config/option.ts";
import {
  CLIENT_OPTIONS,
  painter,
  type Screen,
  systemScreen,
} from "../client.ts";
import { uin } from "../own_options.ts";
import { formatTable, printable, type Terminal } from "../terminal.ts";
import { runClientCommand } from "./client_command.ts";

/** Largest number that one command of the bridge returns. */
const PAGE = 500;

/** Length at which the text of a message is cut, in characters. */
const TEXT_CHARS = 60;

const account = value(
  "UIN",
  uin,
  undefined,
  "of this account [all]",
  { sources: ["flag"] },
);

export const REQUESTS_OPTIONS = { account, ...CLIENT_OPTIONS } as const;

export const CONVERSATIONS_OPTIONS = {
  account,
  unread: toggle("only those with unread messages", { sources: ["flag"] }),
  ...CLIENT_OPTIONS,
} as const;

export async function requests(
  args: readonly string[],
  terminal: Terminal,
  screen: Screen = systemScreen(),
): Promise<number | InfoRequest> {
  return await runClientCommand(
    {
      name: "requests",
      options: REQUESTS_OPTIONS,
      async run(bridge, { account, json }) {
        const found = await readPages(async (after) => {
          const page = await bridge.requests(toQuery(account, after));
          return [page.requests, page.next];
        });
        if (json) return found.forEach((one) => printJson(one, terminal));
        print(
          ["ACCOUNT", "FROM", "AT", "NICKNAME", "TEXT"],
          found.map(({ account, from, at, nickname, text }) => [
            account,
            from,
            at.slice(0, 19) + "Z",
            printable(nickname),
            cut(text),
          ]),
          terminal,
          screen,
        );
      },
    },
    args,
    terminal,
  );
}

export async function conversations(
  args: readonly string[],
  terminal: Terminal,
  screen: Screen = systemScreen(),
): Promise<number | InfoRequest> {
  return await runClientCommand(
    {
      name: "conversations",
      options: CONVERSATIONS_OPTIONS,
      async run(bridge, { account, unread, json }) {
        const found = await readPages(async (after) => {
          const page = await bridge.conversations({
            ...toQuery(account, after),
            ...(unread ? { unread: true } : {}),
          });
          return [page.conversations, page.next];
        });
        if (json) return found.forEach((one) => printJson(one, terminal));
        print(
          ["ACCOUNT", "WITH", "UNREAD", "AT", "NICKNAME", "LAST"],
          found.map(({ account, with: party, unread, nickname, last }) => [
            account,
            party,
            unread === 1000 ? "1000+" : String(unread),
            last.at.slice(0, 19) + "Z",
            printable(nickname),
            cut(textOf(last)),
          ]),
          terminal,
          screen,
        );
      },
    },
    args,
    terminal,
  );
}

/** Reads all pages of a list. */
async function readPages<T>(
  ask: (
    after: number | undefined,
  ) => Promise<[items: T[], next: number | undefined]>,
): Promise<T[]> {
  const found: T[] = [];
  let after: number | undefined;
  do {
    const [items, next] = await ask(after);
    found.push(...items);
    after = next;
  } while (after !== undefined);
  return found;
}

function toQuery(account: string | undefined, after: number | undefined) {
  return {
    limit: PAGE,
    ...(account === undefined ? {} : { accounts: [account] }),
    ...(after === undefined ? {} : { after }),
  };
}

function textOf({ event, data }: EventFrame): string {
  return "text" in data ? data.text : event;
}

function cut(text: string): string {
  const shown = printable(text);
  return shown.length <= TEXT_CHARS
    ? shown
    : `${[...shown].slice(0, TEXT_CHARS - 1).join("")}…`;
}

function printJson(item: object, terminal: Terminal): void {
  terminal.out(JSON.stringify(item));
}

function print(
  head: string[],
  rows: string[][],
  terminal: Terminal,
  screen: Screen,
): void {
  const [first, ...others] = formatTable([head, ...rows]);
  terminal.out(painter(screen)("dim", first!));
  others.forEach((line) => terminal.out(line));
}
