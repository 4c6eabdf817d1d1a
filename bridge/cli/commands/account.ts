/** `account add`, `account change`, `account list`, `account remove`. @module */

import { md5Hex } from "../../../mod.ts";
import { ConfigError, dataFolderOf, readSecret } from "../../config/config.ts";
import { quote } from "../../config/config_error.ts";
import {
  type InfoRequest,
  readOptions,
  type Values,
} from "../../config/option.ts";
import { FILE_SETTINGS } from "../../config/options.ts";
import type { ListedAccount } from "../../upstream/account_service.ts";
import { administer } from "../administer.ts";
import { ACCOUNT_OPTIONS, uin } from "../own_options.ts";
import { formatTable, printable, type Terminal } from "../terminal.ts";

/** Maximum length of a password, in characters. */
export const PASSWORD_CHARS = 256;

type AccountValues = Values<typeof ACCOUNT_OPTIONS>;

/**
 * Runs `account`.
 *
 * @returns The exit code, or what `--help` or `--version` asks for.
 * @throws {ConfigError} If the arguments are invalid.
 */
export async function account(
  args: readonly string[],
  terminal: Terminal,
): Promise<number | InfoRequest> {
  const sources = terminal.sources(args);
  const reading = readOptions(ACCOUNT_OPTIONS, FILE_SETTINGS, sources);
  if ("asked" in reading) return reading;
  const { values, setBy, positionals } = reading;
  const [action, number, ...more] = positionals;
  const where = (action: string) => ({
    folder: dataFolderOf(values),
    secretKey: readSecret("secretKey", values, setBy, sources),
    command: `account ${action}`,
  });
  if (action === "list" && number === undefined) {
    const { accounts } = await administer(
      where(action),
      (api) => api.listAccounts({}),
    );
    printAccounts(accounts, values.json, terminal);
    return 0;
  }
  if (
    (action === "add" || action === "change" || action === "remove") &&
    more.length === 0
  ) {
    const uin = readUin(action, number);
    if (action === "add") await add(uin, values, where(action), terminal);
    else if (action === "change") {
      await change(uin, values, where(action), terminal);
    } else {
      await administer(
        where(action),
        (api) => api.removeAccount({ uin }),
      );
      terminal.out(`Account ${uin} is removed.`);
    }
    return 0;
  }
  throw new ConfigError(
    `Cannot use account: must be "account add UIN", "account change UIN", "account list" or "account remove UIN", got ${
      quote(["account", ...positionals].join(" "))
    }`,
  );
}

/** Data folder of an account command. */
interface Where {
  folder: string;
  secretKey: string | undefined;
  command: string;
}

async function add(
  uin: string,
  values: AccountValues,
  where: Where,
  terminal: Terminal,
): Promise<void> {
  const { nickname, policy, noBridge } = values;
  const passwordMd5 = await readPassword(uin, values.passwordStdin, terminal);
  await administer(
    { ...where, makes: true },
    (api) =>
      api.addAccount({ uin, passwordMd5, nickname, policy, bridge: !noBridge }),
  );
  terminal.out(`Account ${uin} is added.`);
}

async function change(
  uin: string,
  values: AccountValues,
  where: Where,
  terminal: Terminal,
): Promise<void> {
  const { nickname, policy, noBridge, passwordStdin } = values;
  if (noBridge) {
    throw new ConfigError(
      "Cannot use account change: --no-bridge is for account add",
    );
  }
  const needsPassword = passwordStdin || (nickname ?? policy) === undefined;
  const passwordMd5 = needsPassword
    ? await readPassword(uin, passwordStdin, terminal)
    : undefined;
  await administer(
    where,
    (api) => api.changeAccount({ uin, passwordMd5, nickname, policy }),
  );
  terminal.out(`Account ${uin} is changed.`);
}

/** Returns the MD5 of the password. */
async function readPassword(
  uin: string,
  fromInput: boolean,
  terminal: Terminal,
): Promise<string> {
  const asked = fromInput
    ? undefined
    : terminal.askSecret(`Password of ${uin} (not shown):`);
  const password = asked ?? (await terminal.readLines(1))[0] ?? "";
  if (password === "demo") {
    terminal.err(
      `The password of ${uin} is known to everybody: while it stays, no listener may be reachable from other hosts.`,
    );
  }
  if (password !== "" && password.length <= PASSWORD_CHARS) {
    return md5Hex(password);
  }
  throw new ConfigError(
    `Cannot read the password: it must be the first line of standard input, 1 to ${PASSWORD_CHARS} characters, got ${password.length}`,
  );
}

function readUin(action: string, text: string | undefined): string {
  const number = text === undefined ? undefined : uin.parse(text);
  if (number !== undefined) return number;
  throw new ConfigError(
    `Cannot use account ${action}: UIN must be ${uin.rule}, got ${
      text === undefined ? "nothing" : quote(text)
    }`,
  );
}

function printAccounts(
  accounts: readonly ListedAccount[],
  asJson: boolean,
  terminal: Terminal,
): void {
  if (asJson) return terminal.out(JSON.stringify(accounts));
  const hasStates = accounts.some(({ state }) => state !== undefined);
  const rows = accounts.map(({ uin, nickname, bridge, embedded, state }) => [
    uin,
    bridge,
    embedded ? "yes" : "no",
    ...(hasStates ? [state ?? ""] : []),
    printable(nickname),
  ]);
  const head = ["UIN", "BRIDGE", "EMBEDDED", ...(hasStates ? ["STATE"] : [])];
  formatTable([[...head, "NICKNAME"], ...rows]).forEach(terminal.out);
}
