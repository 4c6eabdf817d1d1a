/** Where the program listens, and what that demands of the other settings. @module */

import { ConfigError } from "./config_error.ts";
import { flagOf, type Values } from "./option.ts";
import type { OPTIONS } from "./options.ts";
import type { Config } from "./settings.ts";
import { type Address, formatAddress, isLoopback } from "./values.ts";

/** Minimum length of a token if other hosts can reach the bridge; a shorter one could be guessed. */
export const TOKEN_CHARS = 16;

const DEFAULT_QQ_LISTEN: Address = { host: "127.0.0.1", port: 8000 };

/** Reads the addresses for old clients. */
export function readQqListen(
  command: string,
  { qqListen, upstream }: Values<typeof OPTIONS>,
  setBy: ReadonlyMap<string, string>,
): readonly Address[] | "off" {
  const by = setBy.get("qqListen");
  const addresses = qqListen.filter((one) => one !== "off");
  const isOff = addresses.length < qqListen.length;
  const first = addresses[0];
  if (upstream !== "embedded" && first !== undefined) {
    throw new ConfigError(
      `Cannot use ${by}: must be off where ${
        setBy.get("upstream")
      } names another server, got ${formatAddress(first)}`,
    );
  }
  if (isOff && first !== undefined) {
    throw new ConfigError(
      `Cannot use ${by}: off must stand alone, got ${
        formatAddress(first)
      } beside it`,
    );
  }
  if (command === "qq-server" && isOff) {
    throw new ConfigError(
      `Cannot use ${by}: must be HOST:PORT for qq-server, got off`,
    );
  }
  const texts = addresses.map(formatAddress);
  const repeated = texts.find((text, nth) =>
    addresses[nth]!.port !== 0 && texts.indexOf(text) < nth
  );
  if (repeated !== undefined) {
    throw new ConfigError(
      `Cannot use ${by}: each address must be given once, got ${repeated} twice`,
    );
  }
  if (upstream !== "embedded" || isOff) return "off";
  return first === undefined ? [DEFAULT_QQ_LISTEN] : addresses;
}

/**
 * Rejects accounts with the password `demo` while a listener is reachable from
 * other hosts.
 *
 * @param config The settings.
 * @param accounts Accounts that have this password, or would get it.
 * @throws {ConfigError} If there are such accounts and a listener is reachable
 * from other hosts.
 */
export function checkDemo(config: Config, accounts: readonly string[]): void {
  const exposed = exposedListener(config);
  if (exposed === undefined || accounts.length === 0) return;
  const [setting, where] = exposed;
  throw new ConfigError(
    `Cannot use ${setting}: must be on loopback while accounts have the password demo, got ${
      formatAddress(where)
    } and ${
      accounts.slice(0, 5).join(", ")
    } (start with --no-demo; "account add" changes a password, "account remove" removes an account)`,
  );
}

/** Whether a listener is directly reachable from other hosts. */
export function isExposed(config: Config): boolean {
  return exposedListener(config) !== undefined;
}

/** Throws a ConfigError if clients must not be served where the settings say. */
export function checkListen(
  config: Config,
  setBy: ReadonlyMap<string, string>,
): void {
  const { listen, qqListen, tls, behindProxy } = config;
  const by = setBy.get("listen") ?? flagOf("listen");
  if (
    qqListen !== "off" && listen.port !== 0 &&
    qqListen.map(formatAddress).includes(formatAddress(listen))
  ) {
    throw new ConfigError(
      `Cannot use ${by}: must differ from --qq-listen, got ${
        formatAddress(listen)
      } for both`,
    );
  }
  checkToken(config, setBy);
  if (isLoopback(listen.host)) return;
  if (tls === undefined && !behindProxy) {
    throw new ConfigError(
      `Cannot use ${by}: must be on loopback without --tls-cert and --tls-key, or --behind-proxy, got ${
        formatAddress(listen)
      }`,
    );
  }
}

/** Throws a ConfigError if other hosts could guess the administrator's token. */
function checkToken(
  config: Config,
  setBy: ReadonlyMap<string, string>,
): void {
  const { behindProxy, allowOrigin, basePath } = config;
  const isReachable = exposedListener(config) !== undefined || behindProxy ||
    allowOrigin.length > 0 || basePath !== "";
  if (!isReachable || !hasShortToken(config)) return;
  throw new ConfigError(
    `Cannot use ${
      setBy.get("token") ?? setBy.get("tokenFile")
    }: must be a token of at least ${TOKEN_CHARS} characters while a listener is reachable from other hosts, or --behind-proxy, --allow-origin or --base-path is set, got ${
      config.token!.length
    }`,
  );
}

/** Whether the administrator's token is set, and short enough to be guessed. */
export function hasShortToken({ token }: Config): boolean {
  return token !== undefined && token.length < TOKEN_CHARS;
}

/** Flag and address of the listener that is directly reachable from other hosts; undefined if none is. */
export function exposedListener(
  config: Config,
): [setting: string, where: Address] | undefined {
  const { qqListen, listen } = config;
  const reachable = qqListen === "off"
    ? undefined
    : qqListen.find(({ host }) => !isLoopback(host));
  if (reachable !== undefined) return [flagOf("qqListen"), reachable];
  return isLoopback(listen.host) ? undefined : [flagOf("listen"), listen];
}
