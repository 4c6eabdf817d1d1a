/** `backup`: copies a data folder. @module */

import { formatPosition } from "../../../mod.ts";
import { ConfigError, dataFolderOf } from "../../config/config.ts";
import { quote } from "../../config/config_error.ts";
import { type InfoRequest, readOptions } from "../../config/option.ts";
import { FILE_SETTINGS } from "../../config/options.ts";
import {
  backUp,
  type BackupReport,
  checkTarget,
} from "../../storage/backup/backup.ts";
import { VERSION } from "../../version.ts";
import { assertExists, reach } from "../administer.ts";
import { BACKUP_OPTIONS } from "../own_options.ts";
import type { Terminal } from "../terminal.ts";

/**
 * Runs `backup`: through the program that runs on the data folder, else directly.
 *
 * @returns The exit code, or what `--help` or `--version` asks for.
 * @throws {ConfigError} If the arguments are wrong, or the target cannot be used.
 */
export async function backup(
  args: readonly string[],
  terminal: Terminal,
): Promise<number | InfoRequest> {
  const reading = readOptions(
    BACKUP_OPTIONS,
    FILE_SETTINGS,
    terminal.sources(args),
  );
  if ("asked" in reading) return reading;
  const { values, positionals } = reading;
  const folder = dataFolderOf(values);
  const target = absolute(readFolder("backup", positionals));
  assertExists(folder);
  checkTarget(folder, target);
  const report = await reach({ folder, command: "backup" }, {
    async directly(opened) {
      using _opened = opened;
      return await backUp({ folder, target, version: VERSION });
    },
    throughProgram: (api) => api.backup({ target }),
  });
  terminal.out(values.json ? JSON.stringify(report) : lineOf(report));
  return 0;
}

export function readFolder(
  command: string,
  positionals: readonly string[],
): string {
  const [path, ...more] = positionals;
  if (path !== undefined && path !== "" && more.length === 0) return path;
  throw new ConfigError(
    `Cannot use ${command}: must be "${command} DIR", got ${
      quote([command, ...positionals].join(" "))
    }`,
  );
}

/** The running program may have another working directory. */
function absolute(path: string): string {
  return /^(\/|[A-Za-z]:[\\/])/.test(path) ? path : `${Deno.cwd()}/${path}`;
}

function lineOf({ path, bytes, epoch, head }: BackupReport): string {
  const journal = epoch === ""
    ? "no journal"
    : `journal ${formatPosition({ epoch, seq: head })}`;
  return `The copy is in ${path}: ${bytes} bytes, ${journal}.`;
}
