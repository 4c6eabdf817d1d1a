/** `send`: messages through a running bridge. @module */

import { type BridgeClient, BridgeError } from "../../../mod.ts";
import { ConfigError } from "../../config/config.ts";
import { quote } from "../../config/config_error.ts";
import { type InfoRequest, type Source, value } from "../../config/option.ts";
import type { ValueParser } from "../../config/values.ts";
import {
  ACCOUNT,
  CLIENT_OPTIONS,
  EXIT,
  Progress,
  readAccount,
  type Screen,
  systemScreen,
} from "../client.ts";
import { uin } from "../own_options.ts";
import type { Terminal } from "../terminal.ts";
import { runClientCommand } from "./client_command.ts";

const FLAG: { sources: readonly Source[] } = { sources: ["flag"] };

const key: ValueParser<string> = {
  rule: "a key of 1 to 100 characters",
  parse: (text) => text !== "" && text.length <= 100 ? text : undefined,
};

export const SEND_OPTIONS = {
  account: ACCOUNT,
  key: value(
    "KEY",
    key,
    undefined,
    "repeated with it within a day, the same is not sent twice",
    FLAG,
  ),
  ...CLIENT_OPTIONS,
} as const;

/** Runs `send`. Without TEXT each line of standard input is a message. */
export async function send(
  args: readonly string[],
  terminal: Terminal,
  screen: Screen = systemScreen(),
): Promise<number | InfoRequest> {
  return await runClientCommand(
    {
      name: "send",
      options: SEND_OPTIONS,
      readArguments,
      async run(bridge, { account, key, json }, { to, text }) {
        const sender = new Sender({
          bridge,
          account: await readAccount(bridge, account),
          to,
          key,
          json,
          terminal,
        });
        return text === undefined
          ? await sendLines(sender, screen, terminal)
          : await sender.send(text);
      },
    },
    args,
    terminal,
  );
}

function readArguments(
  [given, ...words]: readonly string[],
): { to: string; text: string | undefined } {
  const to = given === undefined ? undefined : uin.parse(given);
  if (to !== undefined) {
    return { to, text: words.length === 0 ? undefined : words.join(" ") };
  }
  throw new ConfigError(
    `Cannot use send: must be "send TO [TEXT]", TO ${uin.rule}, got ${
      given === undefined ? "nothing" : quote(given)
    }`,
  );
}

/** Sends every line; ends at the first that fails. */
async function sendLines(
  sender: Sender,
  screen: Screen,
  terminal: Terminal,
): Promise<number> {
  using progress = new Progress(screen);
  if (screen.typed) terminal.err("One message a line; Ctrl-D ends it.");
  for await (const line of screen.lines()) {
    if (line.trim() === "") continue;
    progress.show(`Sending message ${sender.count + 1}`);
    try {
      await sender.send(line, () => progress.clear());
    } catch (error) {
      progress.clear();
      sender.reportCount();
      throw error;
    }
  }
  return EXIT.done;
}

interface SenderOptions {
  bridge: BridgeClient;
  account: string;
  to: string;
  key: string | undefined;
  json: boolean;
  terminal: Terminal;
}

class Sender {
  readonly #options: SenderOptions;
  /** Number of messages that were sent. */
  count = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  async send(text: string, beforePrint = () => {}): Promise<number> {
    const { bridge, account, to, key, json, terminal } = this.#options;
    const options = key === undefined
      ? {}
      : { key: this.count === 0 ? key : `${key}:${this.count + 1}` };
    try {
      const { seq } = await bridge.send(account, to, text, options);
      this.count++;
      beforePrint();
      terminal.out(json ? JSON.stringify({ seq }) : `Sent (event ${seq})`);
      return EXIT.done;
    } catch (error) {
      if (error instanceof BridgeError && error.code === "outcome_unknown") {
        terminal.err(
          `tqq: Whether it was sent is not known; the same again with --key ${error.key} does not send it twice`,
        );
      }
      throw error;
    }
  }

  /** Reports how many of several messages were sent. */
  reportCount(): void {
    this.#options.terminal.err(
      `tqq: ${this.count} sent before the one that failed`,
    );
  }
}
