/** `rekey`: changes the secret key of a data folder. @module */

import {
  ConfigError,
  dataFolderOf,
  readSecret,
  readSecretFile,
} from "../../config/config.ts";
import { quote } from "../../config/config_error.ts";
import { type InfoRequest, readOptions } from "../../config/option.ts";
import { FILE_SETTINGS } from "../../config/options.ts";
import { text } from "../../config/values.ts";
import { DataFolder } from "../../storage/data_folder.ts";
import { rekeyFolder } from "../../storage/rekey.ts";
import { assertExists } from "../administer.ts";
import { REKEY_OPTIONS } from "../own_options.ts";
import type { Terminal } from "../terminal.ts";

/**
 * Runs `rekey`.
 *
 * @returns The exit code, or what `--help` or `--version` asks for.
 * @throws {ConfigError} If the arguments or a key are wrong, or a program holds the folder.
 */
// deno-lint-ignore require-await
export async function rekey(
  args: readonly string[],
  terminal: Terminal,
): Promise<number | InfoRequest> {
  const sources = terminal.sources(args);
  const reading = readOptions(REKEY_OPTIONS, FILE_SETTINGS, sources);
  if ("asked" in reading) return reading;
  const { values, setBy, positionals } = reading;
  if (positionals.length > 0) {
    throw new ConfigError(
      `Cannot use rekey: it takes no arguments, got ${
        quote(positionals.join(" "))
      }. The keys are in TQQ_SECRET_KEY_OLD and TQQ_SECRET_KEY.`,
    );
  }
  const newKey = readSecret("secretKey", values, setBy, sources);
  const { secretKeyOld, secretKeyOldFile: path } = values;
  const oldKey = secretKeyOld ??
    (path === undefined ? undefined : readSecretFile(
      setBy.get("secretKeyOldFile")!,
      path,
      text,
      sources.readFile,
    ));
  if (oldKey === undefined && newKey === undefined) {
    throw new ConfigError(
      "Cannot use rekey: TQQ_SECRET_KEY_OLD or TQQ_SECRET_KEY must be set, got neither. Without the old key nothing may be encrypted yet; without the new one everything is decrypted.",
    );
  }
  const folderPath = dataFolderOf(values);
  assertExists(folderPath);
  using folder = DataFolder.open(folderPath, "rekey");
  const report = rekeyFolder(folder, { oldKey, newKey });
  const done = report.encrypted ? "Encrypted with the new key" : "Decrypted";
  terminal.out(
    values.json
      ? JSON.stringify(report)
      : `${done}: ${report.secrets} secrets.`,
  );
  return 0;
}
