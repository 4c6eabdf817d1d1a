/** Secret files that other users of the machine can read. @module */

import { ConfigError } from "./config_error.ts";
import type { Sources } from "./option.ts";

/** Settings that name a file with a secret. */
const SECRET_FILES = [
  "tokenFile",
  "secretKeyFile",
  "onebotAccessTokenFile",
  "onebotSecretFile",
  "hookSecretFile",
  "tlsKey",
] as const;

/** A file that users can read who are neither its owner nor in its group. */
export interface OpenSecret {
  /** The setting that names it, as the user wrote it. */
  readonly setting: string;
  readonly path: string;
  /** Permissions in octal digits. */
  readonly mode: string;
}

/** Bit of the permissions: everybody can read. */
const READABLE_BY_ALL = 0o004;

/** Finds the secret files of the settings that others can read; none where there are no permissions, as on Windows. */
export function findOpenSecrets(
  values: Partial<Record<typeof SECRET_FILES[number], string | undefined>>,
  setBy: ReadonlyMap<string, string>,
  { modeOf }: Sources,
): OpenSecret[] {
  const found: OpenSecret[] = [];
  for (const name of SECRET_FILES) {
    const path = values[name];
    const mode = path === undefined ? undefined : modeOf?.(path);
    if (path === undefined || mode === undefined) continue;
    if ((mode & READABLE_BY_ALL) === 0) continue;
    const setting = setBy.get(name)!;
    found.push({ setting, path, mode: (mode & 0o777).toString(8) });
  }
  return found;
}

/** Throws ConfigError if there is one, because a listener is reachable from other hosts. */
export function refuseOpenSecrets([first]: readonly OpenSecret[]): void {
  if (first === undefined) return;
  const { setting, path, mode } = first;
  throw new ConfigError(
    `Cannot use ${setting}: the file must not be readable by all users while a listener is reachable from other hosts, got mode ${mode}. Close it: chmod 600 ${path}`,
  );
}
