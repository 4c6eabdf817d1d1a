/** The program's options, and the sub-commands that accept them. @module */

import { LIMIT_OPTIONS } from "./limits.ts";
import {
  flagOf,
  list,
  type Source,
  toggle,
  value,
  variableOf,
} from "./option.ts";
import {
  address,
  addressOrOff,
  basePath,
  bytes,
  clientTarget,
  clusterName,
  days,
  eventFilter,
  host,
  listOf,
  milliseconds,
  MIN_KEY_CHARACTERS,
  natsServer,
  oneOf,
  origin,
  secretKey,
  text,
  token,
  upstream,
  wholeNumber,
} from "./values.ts";

/** Log levels, the most detailed first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

export const LOG_FORMATS = ["text", "json"] as const;

export const HIDDEN: { sources: readonly Source[]; secret: boolean } = {
  sources: ["environment"],
  secret: true,
};
/** A URL is secret, because its query may contain a token. */
const SECRET: { secret: boolean } = { secret: true };
export const BY_FILE: { sources: readonly Source[] } = {
  sources: ["environment", "file"],
};

/** All options of `serve`. */
export const OPTIONS = {
  listen: value(
    "HOST:PORT",
    address,
    { host: "127.0.0.1", port: 8080 },
    "where WebSocket and HTTP clients are served [127.0.0.1:8080]",
  ),
  upstream: value(
    "embedded|URL",
    upstream,
    "embedded",
    "the QQ server to log in to; tcp://HOST:PORT takes pushes of VER=1.4 [embedded]",
  ),
  qqListen: list(
    "HOST:PORT|off",
    listOf(addressOrOff),
    "where the embedded server takes old clients; may be repeated [127.0.0.1:8000]",
  ),
  data: value("DIR", text, undefined, "the data folder [tqq-data]"),
  memory: toggle("keep nothing on disk; all is gone at the end"),
  cluster: list(
    "URL",
    listOf(natsServer),
    "servers of NATS through which several bridges share one journal; may be repeated",
  ),
  clusterName: value(
    "NAME",
    clusterName,
    "tqq",
    "name of the cluster [tqq]",
  ),
  clusterEdge: toggle(
    "serve clients of the cluster only, and log no account in",
  ),
  clusterLogHours: value(
    "N",
    wholeNumber(1, 8760, "hours"),
    72,
    "how long the cluster's log keeps what all nodes have [72]",
  ),
  clusterLogBytes: value(
    "SIZE",
    bytes,
    undefined,
    "size at which the cluster's log takes no more [that of cluster init, 8GB]",
  ),
  loginsPerSecond: value(
    "N",
    wholeNumber(1, 10_000, "logins"),
    200,
    "how many accounts log in a second, at a start or a takeover [200]",
  ),
  clusterCredsFile: value(
    "",
    text,
    undefined,
    "a file with credentials for NATS",
    BY_FILE,
  ),
  noDemo: toggle("make no demo accounts at the embedded server"),
  allowOrigin: list(
    "ORIGIN",
    listOf(origin),
    "a web origin that may call, and whose host is ours; may be repeated",
  ),
  behindProxy: toggle("a proxy in front does TLS; trusts its headers"),
  basePath: value(
    "PATH",
    basePath,
    undefined,
    "path under which a proxy serves the bridge, if the proxy does not strip it",
  ),
  tlsCert: value("FILE", text, undefined, "certificate chain, PEM"),
  tlsKey: value("FILE", text, undefined, "its private key, PEM"),
  retainDays: value("N", days, 365, "how long events are kept [365]"),
  retainBytes: value(
    "SIZE",
    bytes,
    1e9,
    "how many bytes of events are kept: 512MB, 2GiB [1GB]",
  ),
  qqAllowOrigin: list(
    "ORIGIN",
    listOf(origin),
    "a web origin whose pages may use the embedded server; may be repeated",
  ),
  qqSendGapMs: value(
    "N",
    milliseconds,
    800,
    "least time between two messages of an account at the embedded server [800]",
  ),
  qqPenaltyMs: value(
    "N",
    milliseconds,
    20_000,
    "how late it answers a client that sends faster [20000]",
  ),
  qqRefusedCode: value(
    "2|3",
    oneOf(["2", "3"]),
    "2",
    "its CD of AddToList if nobody may add [2]",
  ),
  qqNull: value(
    "close|empty",
    oneOf(["close", "empty"]),
    "close",
    "what it gives for NULL over HTTP: a close, or an empty body [close]",
  ),
  qqAckTwice: toggle("asking to be added works the second time, as in 2005"),
  qqSmallH: toggle("a message with a small letter h gets NULL, as in 2005"),
  onebotReverse: list(
    "[UIN=]URL",
    listOf(clientTarget(["ws:", "wss:"])),
    "dial a OneBot 11 client (reverse WebSocket); may be repeated",
    SECRET,
  ),
  onebotReconnectMs: value(
    "N",
    milliseconds,
    3000,
    "wait before a closed reverse WebSocket is dialled again [3000]",
  ),
  onebotPost: list(
    "[UIN=]URL",
    listOf(clientTarget(["http:", "https:"])),
    "post OneBot 11 events there; may be repeated",
    SECRET,
  ),
  hook: list(
    "[UIN=]URL",
    listOf(clientTarget(["http:", "https:"])),
    "post the frames of events there (webhook); may be repeated",
    SECRET,
  ),
  hookEvents: value(
    "LIST",
    listOf(eventFilter),
    undefined,
    "events of --hook: names, or what stands before a dot [all]",
  ),
  allowTarget: list(
    "HOST",
    listOf(host),
    "the only hosts that the bridge connects or posts to by itself; may be repeated",
  ),
  logLevel: value(
    "LEVEL",
    oneOf(LOG_LEVELS),
    "info",
    `${LOG_LEVELS.join(", ")} [info]`,
  ),
  logFormat: value(
    "FORMAT",
    oneOf(LOG_FORMATS),
    "text",
    `${LOG_FORMATS.join(", ")} [text]`,
  ),
  config: value(
    "FILE",
    text,
    undefined,
    'settings as JSON: {"listen": "127.0.0.1:8080"}',
    { sources: ["flag", "environment"] },
  ),
  token: value("", token, undefined, "the administrator's token", HIDDEN),
  tokenFile: value("", text, undefined, "a file that holds it", BY_FILE),
  secretKey: value(
    "",
    secretKey,
    undefined,
    `a text of at least ${MIN_KEY_CHARACTERS} characters: password hashes are encrypted with it`,
    HIDDEN,
  ),
  secretKeyFile: value("", text, undefined, "a file that holds it", BY_FILE),
  onebotAccessToken: value(
    "",
    token,
    undefined,
    "sent to where reverse WebSockets are dialled",
    HIDDEN,
  ),
  onebotAccessTokenFile: value(
    "",
    text,
    undefined,
    "a file that holds it",
    BY_FILE,
  ),
  onebotSecret: value("", text, undefined, "signs what is posted", HIDDEN),
  onebotSecretFile: value("", text, undefined, "a file that holds it", BY_FILE),
  hookSecret: value("", text, undefined, "signs what --hook posts", HIDDEN),
  hookSecretFile: value("", text, undefined, "a file that holds it", BY_FILE),
  ...LIMIT_OPTIONS,
} as const;

export type OptionName = keyof typeof OPTIONS;

const QQ_SERVER: readonly OptionName[] = [
  "qqListen",
  "data",
  "memory",
  "noDemo",
  "qqAllowOrigin",
  "qqSendGapMs",
  "qqPenaltyMs",
  "qqRefusedCode",
  "qqNull",
  "qqAckTwice",
  "qqSmallH",
  "logLevel",
  "logFormat",
  "config",
  "secretKey",
  "secretKeyFile",
];

/** Options of each sub-command. */
export const OPTIONS_OF = {
  serve: OPTIONS,
  "qq-server": pick(QQ_SERVER),
  /** Options of `cluster` that `serve` has, too. */
  cluster: pick([
    "cluster",
    "clusterName",
    "clusterCredsFile",
    "data",
    "config",
    "secretKey",
    "secretKeyFile",
  ]),
  /** Options of every command on a data folder. */
  folder: pick(["data", "config", "secretKey", "secretKeyFile"]),
} as const;

/** Settings that a configuration file may contain. */
export const FILE_SETTINGS: readonly string[] = Object.entries(OPTIONS)
  .filter(([, option]) => option.sources.includes("file"))
  .map(([name]) => name);

/** Flag, variable and file key of an option, for documents. */
export function spellingsOf(name: OptionName): string[] {
  const { sources } = OPTIONS[name];
  return [
    ...(sources.includes("flag") ? [flagOf(name)] : []),
    ...(sources.includes("environment") ? [variableOf(name)] : []),
    ...(sources.includes("file") ? [name] : []),
  ];
}

function pick<const K extends OptionName>(
  names: readonly K[],
): Pick<typeof OPTIONS, K> {
  return Object.fromEntries(
    names.map((name) => [name, OPTIONS[name]]),
  ) as unknown as Pick<typeof OPTIONS, K>;
}
