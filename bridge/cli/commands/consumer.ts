/** `consumer list`, `consumer remove`. @module */

import type { ConsumerInfo } from "../../../mod.ts";
import { ConfigError, dataFolderOf, readSecret } from "../../config/config.ts";
import { quote } from "../../config/config_error.ts";
import { type InfoRequest, readOptions } from "../../config/option.ts";
import { FILE_SETTINGS } from "../../config/options.ts";
import { administer } from "../administer.ts";
import { CONSUMER_OPTIONS } from "../own_options.ts";
import { formatTable, type Terminal } from "../terminal.ts";

/**
 * Runs `consumer`.
 *
 * @returns The exit code, or what `--help` or `--version` asks for.
 * @throws {ConfigError} If the arguments are invalid.
 */
export async function consumer(
  args: readonly string[],
  terminal: Terminal,
): Promise<number | InfoRequest> {
  const sources = terminal.sources(args);
  const reading = readOptions(CONSUMER_OPTIONS, FILE_SETTINGS, sources);
  if ("asked" in reading) return reading;
  const { values, setBy, positionals } = reading;
  const [action, id, ...more] = positionals;
  const where = {
    folder: dataFolderOf(values),
    secretKey: readSecret("secretKey", values, setBy, sources),
    command: `consumer ${action}`,
    needsJournal: true,
  };
  if (action === "list" && id === undefined) {
    const { consumers } = await administer(
      where,
      (api) => api.listConsumers({}),
    );
    printConsumers(consumers, values.json, terminal);
    return 0;
  }
  if (action === "remove" && id !== undefined && more.length === 0) {
    await administer(
      where,
      (api) => api.removeConsumer({ id }),
    );
    terminal.err(`Consumer ${id} is removed.`);
    return 0;
  }
  throw new ConfigError(
    `Cannot use consumer: must be "consumer list" or "consumer remove ID", got ${
      quote(["consumer", ...positionals].join(" "))
    }`,
  );
}

function printConsumers(
  consumers: readonly ConsumerInfo[],
  asJson: boolean,
  terminal: Terminal,
): void {
  if (asJson) return terminal.out(JSON.stringify(consumers));
  const rows = consumers.map((
    { id, token, kind, position, lag, connection, lastSeenAt },
  ) => [
    id,
    token,
    kind,
    String(position),
    String(lag),
    connection === undefined ? lastSeenAt.slice(0, 19) + "Z" : "connected",
  ]);
  formatTable([
    ["ID", "TOKEN", "KIND", "POSITION", "LAG", "LAST SEEN"],
    ...rows,
  ])
    .forEach(terminal.out);
}
