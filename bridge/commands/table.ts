/** The table of all commands. @module */

import { type BridgeCommandName, COMMAND_SCOPES } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";
import { formatBrokenRule, formatValue } from "../schemas/parse.ts";
import type { AnyCommandRow, CommandRow } from "./command_row.ts";
import { localRows, sessionRows } from "./rows/local_rows.ts";
import { connectionRows } from "./rows/connection_rows.ts";
import { inboxRows } from "./rows/inbox_rows.ts";
import { operateRows } from "./rows/operate_rows.ts";
import { targetRows } from "./rows/target_rows.ts";
import { queryRows } from "./query_rows.ts";
import { writeRows } from "./write_rows.ts";

/** The row of each command. A missing row, or one that differs from `BridgeCommands`, does not compile. */
export const COMMANDS = {
  ...writeRows,
  ...queryRows,
  ...sessionRows,
  ...localRows,
  ...connectionRows,
  ...inboxRows,
  ...operateRows,
  ...targetRows,
} satisfies { [N in BridgeCommandName]: CommandRow<N> };

/** The names of all commands, in the order of the table. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as BridgeCommandName[];

/** The row of a command, for callers that know its name only at run time. */
export function commandRow(command: BridgeCommandName): AnyCommandRow {
  return COMMANDS[command];
}

/** Whether a text is the name of a command. */
export function isCommandName(name: string): name is BridgeCommandName {
  return Object.hasOwn(COMMANDS, name);
}

/** Whether a command changes something, so that its key makes a repetition safe. */
export function isWrite(command: BridgeCommandName): boolean {
  return COMMAND_SCOPES[command] !== "read";
}

/** Whether the request of a command can name an account. */
export function hasAccount(command: BridgeCommandName): boolean {
  const row = commandRow(command);
  return row.kind !== "local" || row.hasAccount !== false;
}

/** Whether an account is one of the command's parameters, and not what it is executed for. */
export function hasAccountParameter(command: BridgeCommandName): boolean {
  return Object.hasOwn(commandRow(command).params.shape, "account");
}

/** Whether the request of a command must name an account. */
export function needsAccount(command: BridgeCommandName): boolean {
  const row = commandRow(command);
  return row.kind !== "local" || row.hasAccount === true;
}

/**
 * Checks a command's name and parameters.
 *
 * @throws {CommandError} `unknown_command` or `bad_params`.
 */
export function parseParams(
  command: string,
  params: unknown = {},
): { command: BridgeCommandName; params: object } {
  if (!isCommandName(command)) {
    throw new CommandError(
      "unknown_command",
      `Cannot do ${formatValue("command", command)}: the commands are ${
        COMMAND_NAMES.join(", ")
      }`,
    );
  }
  const parsed = commandRow(command).params.safeParse(params);
  if (parsed.success) return { command, params: parsed.data };
  throw new CommandError(
    "bad_params",
    `Cannot do ${command}: ${formatBrokenRule(parsed.error, params, "params")}`,
  );
}
