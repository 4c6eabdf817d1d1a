/** `restore`: puts a copy in the place of a data folder. @module */

import { dataFolderOf, readSecret } from "../../config/config.ts";
import { type InfoRequest, readOptions } from "../../config/option.ts";
import { FILE_SETTINGS } from "../../config/options.ts";
import { restoreFolder } from "../../storage/backup/restore.ts";
import { VERSION } from "../../version.ts";
import { readFolder } from "./backup.ts";
import { RESTORE_OPTIONS } from "../own_options.ts";
import type { Terminal } from "../terminal.ts";

/**
 * Runs `restore`.
 *
 * @returns The exit code, or what `--help` or `--version` asks for.
 * @throws {ConfigError} If the arguments are wrong, a folder cannot be used, or the
 * copy is not whole.
 */
// deno-lint-ignore require-await
export async function restore(
  args: readonly string[],
  terminal: Terminal,
): Promise<number | InfoRequest> {
  const sources = terminal.sources(args);
  const reading = readOptions(RESTORE_OPTIONS, FILE_SETTINGS, sources);
  if ("asked" in reading) return reading;
  const { values, setBy, positionals } = reading;
  const report = restoreFolder({
    source: readFolder("restore", positionals),
    folder: dataFolderOf(values),
    replace: values.replace,
    secretKey: readSecret("secretKey", values, setBy, sources),
    version: VERSION,
  });
  if (values.json) terminal.out(JSON.stringify(report));
  else {
    terminal.out(`${report.path} holds the copy of ${report.at}.`);
    if (report.before !== undefined) {
      terminal.out(`The files that were there are in ${report.before}.`);
    }
  }
  return 0;
}
