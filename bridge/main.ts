/**
 * The program. It runs a sub-command and turns its error into one line and an
 * exit code. 0: done. 1: failed. 2: invalid settings. The clients of a bridge
 * also have 3 and 4, see `cli/client.ts`.
 *
 * @module
 */

import {
  helpText,
  SUB_COMMANDS,
  type SubCommand,
} from "./cli/commands/usage.ts";
import { findMissingRight, rightsMessage } from "./cli/rights.ts";
import { systemTerminal, type Terminal } from "./cli/terminal.ts";
import { type Asked, ConfigError } from "./config/config.ts";
import { quote, suggest } from "./config/config_error.ts";
import { CommandError } from "./errors/command_error.ts";
import { describeError, redact } from "./ops/log.ts";
import { ControlError, ControlUnreachableError } from "./ops/control.ts";
import { VERSION } from "./version.ts";

/** A sub-command. Returns the exit code, or the request of `--help` or `--version`. */
export type Command = (
  args: string[],
  terminal: Terminal,
) => Promise<number | Asked>;

/** Loaded on demand, because small sub-commands do not need the modules of the bridge. */
const COMMANDS: Readonly<Record<SubCommand, () => Promise<Command>>> = {
  serve: async () => (await import("./cli/commands/serve.ts")).serve,
  "qq-server": async () =>
    (await import("./cli/commands/qq_server.ts")).qqServer,
  account: async () => (await import("./cli/commands/account.ts")).account,
  token: async () => (await import("./cli/commands/token.ts")).token,
  consumer: async () => (await import("./cli/commands/consumer.ts")).consumer,
  target: async () => (await import("./cli/commands/target.ts")).target,
  backup: async () => (await import("./cli/commands/backup.ts")).backup,
  restore: async () => (await import("./cli/commands/restore.ts")).restore,
  rekey: async () => (await import("./cli/commands/rekey.ts")).rekey,
  cluster: async () => (await import("./cli/commands/cluster.ts")).cluster,
  doctor: async () => (await import("./cli/commands/doctor.ts")).doctor,
  tail: async () => (await import("./cli/clients/tail.ts")).tail,
  send: async () => (await import("./cli/clients/send.ts")).send,
  friends: async () => (await import("./cli/clients/friends.ts")).friends,
  accounts: async () => (await import("./cli/clients/accounts.ts")).accounts,
  requests: async () => (await import("./cli/clients/inbox.ts")).requests,
  conversations: async () =>
    (await import("./cli/clients/inbox.ts")).conversations,
  ready: async () => (await import("./cli/commands/ready.ts")).ready,
};

/**
 * Runs the program and writes its error, if any, as one line.
 *
 * @param args The arguments, starting with the sub-command; `serve` if they start with a flag.
 * @returns The exit code.
 */
export async function main(
  args: readonly string[],
  terminal: Terminal = systemTerminal,
): Promise<number> {
  try {
    const [name, rest] = subCommandOf(args);
    const run = await COMMANDS[name]();
    const result = await run(rest, terminal);
    if (typeof result === "number") return result;
    terminal.out(
      result.asked === "help" ? helpText(name) : `tqq ${VERSION}`,
    );
    return 0;
  } catch (error) {
    terminal.err(`tqq: ${lineOf(error)}`);
    const isUsage = error instanceof ConfigError ||
      findMissingRight(error) !== undefined;
    return isUsage ? 2 : 1;
  }
}

function subCommandOf(args: readonly string[]): [SubCommand, string[]] {
  const [first, ...rest] = args;
  if (first === undefined || first.startsWith("-")) return ["serve", [...args]];
  const name = SUB_COMMANDS.find((one) => one === first);
  if (name !== undefined) return [name, rest];
  throw new ConfigError(
    `Cannot use ${quote(first)}: there is no such sub-command; ${
      suggest(first, SUB_COMMANDS)
    }`,
  );
}

/** Formats an error as one line. Errors for the user are shown as they are, others with name and cause. */
function lineOf(error: unknown): string {
  const missing = findMissingRight(error);
  if (missing !== undefined) return rightsMessage([missing]);
  const isMeant = error instanceof ConfigError ||
    error instanceof CommandError || error instanceof ControlError ||
    error instanceof RangeError ||
    error instanceof ControlUnreachableError;
  const line = isMeant ? redact(error.message) : describeError(error);
  return line.replace(/\s*[\r\n]+\s*/g, " ");
}

if (import.meta.main) Deno.exit(await main(Deno.args));
