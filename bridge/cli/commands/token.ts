/** `token add`, `token list`, `token revoke`. @module */

import { NAME_PATTERN } from "../../../mod.ts";
import { ConfigError, dataFolderOf, readSecret } from "../../config/config.ts";
import { quote } from "../../config/config_error.ts";
import { type InfoRequest, readOptions } from "../../config/option.ts";
import { FILE_SETTINGS } from "../../config/options.ts";
import { ADMINISTRATOR } from "../../access/token_store.ts";
import type { ListedToken } from "../../access/token_service.ts";
import { administer } from "../administer.ts";
import { TOKEN_OPTIONS } from "../own_options.ts";
import { removeFirstToken } from "../program/first_token.ts";
import { formatTable, type Terminal } from "../terminal.ts";

/**
 * Runs `token`. A new token is alone on standard output.
 *
 * @returns The exit code, or what `--help` or `--version` asks for.
 * @throws {ConfigError} Where the arguments do not hold.
 */
export async function token(
  args: readonly string[],
  terminal: Terminal,
): Promise<number | InfoRequest> {
  const sources = terminal.sources(args);
  const reading = readOptions(TOKEN_OPTIONS, FILE_SETTINGS, sources);
  if ("asked" in reading) return reading;
  const { values, setBy, positionals } = reading;
  const [action, given, ...more] = positionals;
  const where = {
    folder: dataFolderOf(values),
    secretKey: readSecret("secretKey", values, setBy, sources),
    command: `token ${action}`,
  };
  if (action === "list" && given === undefined) {
    const { tokens } = await administer(
      where,
      (api) => api.listTokens({}),
    );
    printTokens(tokens, values.json, terminal);
    return 0;
  }
  if ((action === "add" || action === "revoke") && more.length === 0) {
    const name = readName(action, given);
    if (action === "add") {
      const { scopes, accounts, consumer, expires } = values;
      const { token } = await administer(
        { ...where, makes: true },
        (api) =>
          api.createToken({
            name,
            scopes,
            accounts,
            consumer,
            expiresAt: expires,
          }),
      );
      terminal.out(token);
      terminal.err(`Token ${name} is made; it is not shown again.`);
    } else {
      const { alsoEnded } = await administer(
        where,
        (api) => api.revokeToken({ name }),
      );
      if (name === ADMINISTRATOR) removeFirstToken(where.folder);
      terminal.err(`Token ${name} is revoked.`);
      if (alsoEnded > 0) {
        terminal.err(`Ended with it, because created under it: ${alsoEnded}.`);
      }
    }
    return 0;
  }
  throw new ConfigError(
    `Cannot use token: must be "token add NAME", "token list" or "token revoke NAME", got ${
      quote(["token", ...positionals].join(" "))
    }`,
  );
}

function readName(action: string, name: string | undefined): string {
  if (name !== undefined && NAME_PATTERN.test(name)) return name;
  throw new ConfigError(
    `Cannot use token ${action}: NAME must have 1 to 64 letters, digits, dots, _ and -, got ${
      name === undefined ? "nothing" : quote(name)
    }`,
  );
}

function printTokens(
  tokens: readonly ListedToken[],
  asJson: boolean,
  terminal: Terminal,
): void {
  const at = (instant: number | undefined) =>
    instant === undefined ? undefined : new Date(instant).toISOString();
  if (asJson) {
    return terminal.out(JSON.stringify(
      tokens.map(({ createdAt, expiresAt, revokedAt, ...token }) => ({
        ...token,
        createdAt: at(createdAt),
        ...(expiresAt === undefined ? {} : { expiresAt: at(expiresAt) }),
        ...(revokedAt === undefined ? {} : { revokedAt: at(revokedAt) }),
      })),
    ));
  }
  const rows = tokens.map((
    token,
  ) => [
    token.name,
    token.scopes.join(","),
    at(token.createdAt)!.slice(0, 19) + "Z",
    formatState(token, Date.now()),
    token.accounts === "all" ? "all" : token.accounts.join(","),
  ]);
  formatTable([["NAME", "SCOPES", "MADE", "STATE", "ACCOUNTS"], ...rows])
    .forEach(terminal.out);
}

function formatState(
  { expiresAt, revokedAt, replacedBy }: ListedToken,
  now: number,
): string {
  // An expired token is revoked later, when the bridge looks after its tokens.
  const endedAt = revokedAt ?? now;
  if (expiresAt !== undefined && expiresAt <= endedAt) return "expired";
  if (revokedAt !== undefined) return "revoked";
  return replacedBy === undefined ? "holds" : `replaced by ${replacedBy}`;
}
