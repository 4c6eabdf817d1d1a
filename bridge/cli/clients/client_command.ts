/** What all client commands do first: read their options, and connect. @module */

import type { BridgeClient } from "../../../mod.ts";
import { ConfigError } from "../../config/config.ts";
import { quote } from "../../config/config_error.ts";
import {
  type InfoRequest,
  type OptionTable,
  readOptions,
  type Values,
} from "../../config/option.ts";
import {
  type BridgeWork,
  type CLIENT_OPTIONS,
  EXIT,
  readWhere,
  withBridge,
} from "../client.ts";
import type { Terminal } from "../terminal.ts";

/** A sub-command that is a client of a running bridge. */
export interface ClientCommand<O extends OptionTable, G = undefined> {
  readonly name: string;
  /** Its options, with those of all client commands. */
  readonly options: O & typeof CLIENT_OPTIONS;
  /**
   * Reads the arguments that are not flags.
   *
   * @default none are allowed
   * @throws {ConfigError} If they are invalid.
   */
  readArguments?(positionals: readonly string[]): G;
  /** Further options of the client. */
  client?(values: Values<O>): NonNullable<BridgeWork["client"]>;
  /** Does it; returns the exit code, or nothing for 0. */
  run(
    bridge: BridgeClient,
    values: Values<O & typeof CLIENT_OPTIONS>,
    given: G,
  ): Promise<number | void>;
}

/**
 * Runs a client command.
 *
 * @returns The exit code, or what `--help` or `--version` asks for.
 * @throws {ConfigError} If the arguments are invalid.
 */
export async function runClientCommand<O extends OptionTable, G = undefined>(
  command: ClientCommand<O, G>,
  args: readonly string[],
  terminal: Terminal,
): Promise<number | InfoRequest> {
  const { name, options } = command;
  const sources = terminal.sources(args);
  const reading = readOptions(options, [], sources);
  if ("asked" in reading) return reading;
  const { values, setBy, positionals } = reading;
  if (command.readArguments === undefined && positionals.length > 0) {
    throw new ConfigError(
      `Cannot use ${name}: it takes flags only, got ${quote(positionals[0])}`,
    );
  }
  const given = command.readArguments?.(positionals) as G;
  // A conditional type over `O` hides the options that all commands have.
  const common = values as unknown as Values<typeof CLIENT_OPTIONS>;
  return await withBridge({
    where: readWhere(common, setBy, sources),
    terminal,
    client: command.client?.(values as Values<O>) ?? {},
    work: async (bridge) =>
      await command.run(bridge, values, given) ?? EXIT.done,
  });
}
