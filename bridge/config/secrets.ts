/** Secrets and certificates of the settings, and the files that hold them. @module */

import { ConfigError } from "./config_error.ts";
import { flagOf, readNamedFile, type Sources, type Values } from "./option.ts";
import { OPTIONS } from "./options.ts";
import type { Config } from "./settings.ts";
import type { ValueParser } from "./values.ts";

/**
 * Reads a secret from its variable, or from the file that contains it.
 *
 * @throws {ConfigError} If the file contains none.
 */
export function readSecret(
  name:
    | "token"
    | "secretKey"
    | "onebotAccessToken"
    | "onebotSecret"
    | "hookSecret",
  values: Partial<Values<typeof OPTIONS>>,
  setBy: ReadonlyMap<string, string>,
  { readFile }: Sources,
): string | undefined {
  const set = values[name];
  const path = values[`${name}File`];
  if (set !== undefined || path === undefined) return set;
  const by = setBy.get(`${name}File`)!;
  return readSecretFile(
    by,
    path,
    OPTIONS[name].form as ValueParser<string>,
    readFile,
  );
}

/**
 * Reads a secret from the file that a setting names.
 *
 * @param by Name of the setting, for errors.
 * @throws {ConfigError} If the file contains none.
 */
export function readSecretFile(
  by: string,
  path: string,
  form: ValueParser<string>,
  readFile: Sources["readFile"],
): string {
  const held = readNamedFile(by, path, readFile).trim();
  if (form.parse(held) !== undefined) return held;
  throw new ConfigError(
    `Cannot use ${by}: the file must hold ${form.rule}, got something else in ${
      JSON.stringify(path)
    }`,
  );
}

/** Reads certificate chain and key; undefined if neither is set. */
export function readTls(
  { tlsCert, tlsKey }: Values<typeof OPTIONS>,
  setBy: ReadonlyMap<string, string>,
  { readFile }: Sources,
): Config["tls"] {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    const [there, missing] = tlsKey === undefined
      ? ["tlsCert", "tlsKey"]
      : ["tlsKey", "tlsCert"];
    throw new ConfigError(
      `Cannot use ${setBy.get(there!)}: must be set together with ${
        flagOf(missing!)
      }`,
    );
  }
  const readPem = (name: string, path: string, label: RegExp, what: string) => {
    const by = setBy.get(name)!;
    const pem = readNamedFile(by, path, readFile);
    if (label.test(pem)) return pem;
    throw new ConfigError(
      `Cannot use ${by}: must name a file that holds ${what} as PEM, got ${
        JSON.stringify(path)
      }`,
    );
  };
  return {
    cert: readPem("tlsCert", tlsCert, /-BEGIN CERTIFICATE-/, "a certificate"),
    key: readPem(
      "tlsKey",
      tlsKey,
      /-BEGIN [A-Z ]*PRIVATE KEY-/,
      "a private key",
    ),
  };
}
