/** The settings of the program, with their defaults and combinations. @module */

import { ConfigError } from "./config_error.ts";
import {
  flagOf,
  type InfoRequest,
  readNamedFile,
  readOptions,
  type Sources,
  type Values,
} from "./option.ts";
import {
  type BridgeLimits,
  bridgeLimits,
  type ClientLimits,
  clientLimits,
} from "./limits.ts";
import {
  findOpenSecrets,
  type OpenSecret,
  refuseOpenSecrets,
} from "./open_secrets.ts";
import {
  FILE_SETTINGS,
  type LOG_FORMATS,
  type LOG_LEVELS,
  OPTIONS,
  OPTIONS_OF,
} from "./options.ts";
import { type ShownSetting, showSettings } from "./shown_settings.ts";
import {
  type Address,
  type ClientTarget,
  formatAddress,
  isLoopback,
  type ValueParser,
} from "./values.ts";

export { ConfigError } from "./config_error.ts";
export {
  type Address,
  type ClientTarget,
  formatAddress,
  isLoopback,
  isWebOrigin,
} from "./values.ts";
export type { InfoRequest as Asked, Sources } from "./option.ts";
export { LOG_FORMATS, LOG_LEVELS, OPTIONS } from "./options.ts";

/** Minimum length of a token if other hosts can reach the bridge; a shorter one could be guessed. */
export const TOKEN_CHARS = 16;

/** Bytes of events that `--memory` keeps if `--retain-bytes` is not set. */
const MEMORY_RETAIN_BYTES = 64e6;

const DEFAULT_QQ_LISTEN: Address = { host: "127.0.0.1", port: 8000 };
/** The data folder, if none is set. */
export const DEFAULT_FOLDER = "tqq-data";

/** The checked settings of `serve` and `qq-server`. */
export interface Config {
  /** Where clients are served; for `serve` only. */
  readonly listen: Address;
  /** `embedded`, or the URL of a QQ server. */
  readonly upstream: string;
  /** Where the embedded server accepts old clients, at least one address. */
  readonly qqListen: readonly Address[] | "off";
  /** The data folder; undefined keeps everything in memory. */
  readonly dataFolder: string | undefined;
  /** The cluster that shares the journal; undefined keeps a journal of its own. */
  readonly cluster: ClusterConfig | undefined;
  /** How many accounts log in a second when many do. */
  readonly loginsPerSecond: number;
  /** Whether to create the demo accounts. */
  readonly demo: boolean;
  /** Web origins that may send requests. */
  readonly allowOrigin: readonly string[];
  /** Whether a proxy terminates TLS. */
  readonly behindProxy: boolean;
  /** Path before all paths of the gateway; empty if there is none. */
  readonly basePath: string;
  /** Certificate chain and key as PEM; plain HTTP if undefined. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly retention: { readonly days: number; readonly bytes: number };
  /** Web origins whose pages may use the embedded server. */
  readonly qqAllowOrigin: readonly string[];
  /** Minimum time between two CLTMSG of an account at the embedded server. */
  readonly qqSendGapMs: number;
  /** Delay of the embedded server's reply to a client that sends faster. */
  readonly qqPenaltyMs: number;
  /** How the embedded server behaves where the old one did not always. */
  readonly qqSwitches: {
    readonly refusedCode: 2 | 3;
    readonly nullAnswer: "close" | "empty";
    readonly ackTwice: boolean;
    readonly smallH: boolean;
  };
  /** Limits of clients, as `welcome` reports them. */
  readonly limits: ClientLimits;
  /** Limits of the bridge itself, as its options name them. */
  readonly bridgeLimits: BridgeLimits;
  /** Time between two polls of an account, at a server without long polls. */
  readonly polls: { readonly minMs: number; readonly maxMs: number };
  /** Targets of flags and variables. */
  readonly targets: TargetsConfig;
  /** Lowest level that is logged. */
  readonly logLevel: typeof LOG_LEVELS[number];
  /** Format of the log. */
  readonly logFormat: typeof LOG_FORMATS[number];
  /** The administrator's token, a secret; undefined if none is set. */
  readonly token: string | undefined;
  /** Key that encrypts password hashes, a secret; undefined if none is set. */
  readonly secretKey: string | undefined;
  /** Files of secrets that all users of the machine can read. */
  readonly openSecrets: readonly OpenSecret[];
  /** The effective settings as they may be shown, without secrets. */
  readonly shown: readonly ShownSetting[];
}

/** The cluster of a node. */
export interface ClusterConfig {
  /** URLs of the servers. */
  readonly servers: readonly string[];
  readonly name: string;
  /** Whether the node serves clients only. */
  readonly isEdge: boolean;
  readonly credentialsFile: string | undefined;
  /** How long the log keeps what all nodes have, in hours. */
  readonly logHours: number;
  /** Size at which the log takes no more, in bytes; undefined leaves it as it is. */
  readonly logBytes: number | undefined;
}

/** Where the bridge connects and posts to by itself. */
export interface TargetsConfig {
  /** Where reverse WebSockets of OneBot 11 connect to. */
  readonly reverse: readonly ClientTarget[];
  /** Delay before a closed one is opened again, in milliseconds. */
  readonly reconnectMs: number;
  /** Where events of OneBot 11 are posted. */
  readonly post: readonly ClientTarget[];
  /** Where frames of events are posted. */
  readonly hook: readonly ClientTarget[];
  /** Events of the webhook; undefined means all. */
  readonly hookEvents: readonly string[] | undefined;
  /** The only hosts that targets may have; all if empty. */
  readonly allowedHosts: readonly string[];
  /** Sent to the reverse targets; a secret. */
  readonly accessToken: string | undefined;
  /** Signs posted events of OneBot 11; a secret. */
  readonly secret: string | undefined;
  /** Signs posted frames; a secret. */
  readonly hookSecret: string | undefined;
}

/**
 * Parses and checks the settings of `serve` or `qq-server`.
 *
 * @param command The sub-command whose settings to parse.
 * @param sources Flags, environment and files.
 * @param name Name of the sub-command in messages.
 * @returns The settings, or the text that `--help` or `--version` requests.
 * @throws {ConfigError} If a setting is invalid; the message names it was
 * written.
 */
export function parseConfig(
  command: "serve" | "qq-server",
  sources: Sources,
  name: string = command,
): Config | InfoRequest {
  const reading = readOptions(OPTIONS_OF[command], FILE_SETTINGS, sources);
  if ("asked" in reading) return reading;
  const { setBy, positionals } = reading;
  if (positionals.length > 0) {
    throw new ConfigError(
      `Cannot use the argument ${
        JSON.stringify(positionals[0])
      }: ${name} takes flags only`,
    );
  }
  const values: Values<typeof OPTIONS> = {
    ...initialValues(),
    ...reading.values,
  };
  const config: Config = {
    listen: values.listen,
    upstream: values.upstream,
    qqListen: readQqListen(command, values, setBy),
    dataFolder: readDataFolder(values, setBy),
    cluster: readCluster(values, setBy),
    loginsPerSecond: values.loginsPerSecond,
    demo: !values.noDemo,
    allowOrigin: [...new Set(values.allowOrigin)],
    behindProxy: values.behindProxy,
    basePath: values.basePath ?? "",
    tls: readTls(values, setBy, sources),
    retention: {
      days: values.retainDays,
      bytes: values.memory && !setBy.has("retainBytes")
        ? MEMORY_RETAIN_BYTES
        : values.retainBytes,
    },
    qqAllowOrigin: [...new Set(values.qqAllowOrigin)],
    qqSendGapMs: values.qqSendGapMs,
    qqPenaltyMs: values.qqPenaltyMs,
    qqSwitches: {
      refusedCode: values.qqRefusedCode === "3" ? 3 : 2,
      nullAnswer: values.qqNull,
      ackTwice: values.qqAckTwice,
      smallH: values.qqSmallH,
    },
    limits: clientLimits(
      values,
      values.behindProxy || !isLoopback(values.listen.host),
    ),
    bridgeLimits: bridgeLimits(values),
    polls: readPolls(values, setBy),
    targets: {
      reverse: values.onebotReverse,
      reconnectMs: values.onebotReconnectMs,
      post: values.onebotPost,
      accessToken: readSecret("onebotAccessToken", values, setBy, sources),
      secret: readSecret("onebotSecret", values, setBy, sources),
      hook: values.hook,
      hookEvents: values.hookEvents,
      hookSecret: readSecret("hookSecret", values, setBy, sources),
      allowedHosts: values.allowTarget,
    },
    logLevel: values.logLevel,
    logFormat: values.logFormat,
    token: readSecret("token", values, setBy, sources),
    secretKey: readSecret("secretKey", values, setBy, sources),
    openSecrets: findOpenSecrets(values, setBy, sources),
    shown: showSettings(OPTIONS_OF[command], reading.given),
  };
  if (command === "serve") {
    checkListen(config, setBy);
    checkCluster(config, setBy);
  }
  // `doctor` reports them.
  if (name === command && isExposed(config)) {
    refuseOpenSecrets(config.openSecrets);
  }
  return config;
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

/** The data folder of the settings. */
export function dataFolderOf(values: { data: string | undefined }): string {
  return values.data ?? DEFAULT_FOLDER;
}

function initialValues(): Values<typeof OPTIONS> {
  return Object.fromEntries(
    Object.entries(OPTIONS).map(([name, { initial }]) => [name, initial]),
  ) as unknown as Values<typeof OPTIONS>;
}

function readQqListen(
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

/** The cluster of the settings; undefined if they name no server. */
export function readCluster(
  values: Pick<
    Values<typeof OPTIONS>,
    | "cluster"
    | "clusterName"
    | "clusterEdge"
    | "clusterCredsFile"
    | "clusterLogHours"
    | "clusterLogBytes"
  >,
  setBy: ReadonlyMap<string, string>,
): ClusterConfig | undefined {
  if (values.cluster.length > 0) {
    return {
      servers: [...new Set(values.cluster)],
      name: values.clusterName,
      isEdge: values.clusterEdge,
      credentialsFile: values.clusterCredsFile,
      logHours: values.clusterLogHours,
      logBytes: values.clusterLogBytes,
    };
  }
  const alone = [
    "clusterName",
    "clusterEdge",
    "clusterCredsFile",
    "clusterLogHours",
    "clusterLogBytes",
  ].find((name) => setBy.has(name));
  if (alone === undefined) return undefined;
  throw new ConfigError(
    `Cannot use ${setBy.get(alone)}: must be set together with --cluster`,
  );
}

/** Throws a ConfigError if a node of a cluster cannot have these settings. */
function checkCluster(
  config: Config,
  setBy: ReadonlyMap<string, string>,
): void {
  const { cluster, upstream, dataFolder, secretKey } = config;
  if (cluster === undefined) return;
  const rule = upstream === "embedded"
    ? "needs --upstream with the URL of a QQ server, because every node logs in there"
    : upstream.startsWith("tcp:")
    ? "needs an --upstream with http: or https:, because pushed mail that was not stored is lost with a node"
    : dataFolder === undefined
    ? "must not be set together with --memory"
    : secretKey === undefined
    ? "needs TQQ_SECRET_KEY, the same on every node"
    : undefined;
  if (rule === undefined) return;
  throw new ConfigError(`Cannot use ${setBy.get("cluster")}: ${rule}`);
}

function readDataFolder(
  values: Values<typeof OPTIONS>,
  setBy: ReadonlyMap<string, string>,
): string | undefined {
  if (!values.memory) return dataFolderOf(values);
  if (values.data === undefined) return undefined;
  throw new ConfigError(
    `Cannot use ${setBy.get("memory")}: must not be set together with ${
      setBy.get("data")
    }, got both`,
  );
}

function readPolls(
  { pollMinMs, pollMaxMs }: Values<typeof OPTIONS>,
  setBy: ReadonlyMap<string, string>,
): Config["polls"] {
  if (pollMinMs <= pollMaxMs) return { minMs: pollMinMs, maxMs: pollMaxMs };
  const by = setBy.get("pollMinMs") ?? setBy.get("pollMaxMs");
  throw new ConfigError(
    `Cannot use ${by}: pollMinMs must be at most pollMaxMs, got ${pollMinMs} and ${pollMaxMs}`,
  );
}

function readTls(
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

function checkListen(
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
