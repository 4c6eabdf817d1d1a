/** The settings of the program, with their defaults and combinations. @module */

import { ConfigError } from "./config_error.ts";
import { checkCluster, readCluster } from "./cluster_settings.ts";
import { bridgeLimits, clientLimits } from "./limits.ts";
import { checkListen, isExposed, readQqListen } from "./listeners.ts";
import { findOpenSecrets, refuseOpenSecrets } from "./open_secrets.ts";
import {
  type InfoRequest,
  readOptions,
  type Sources,
  type Values,
} from "./option.ts";
import { FILE_SETTINGS, OPTIONS, OPTIONS_OF } from "./options.ts";
import { readSecret, readTls } from "./secrets.ts";
import type { Config } from "./settings.ts";
import { showSettings } from "./shown_settings.ts";
import { isLoopback } from "./values.ts";

export { readCluster } from "./cluster_settings.ts";
export {
  checkDemo,
  exposedListener,
  hasShortToken,
  isExposed,
  TOKEN_CHARS,
} from "./listeners.ts";
export { readSecret, readSecretFile } from "./secrets.ts";
export type { ClusterConfig, Config, TargetsConfig } from "./settings.ts";
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

/** Bytes of events that `--memory` keeps if `--retain-bytes` is not set. */
const MEMORY_RETAIN_BYTES = 64e6;

/** The data folder, if none is set. */
export const DEFAULT_FOLDER = "tqq-data";

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

/** The data folder of the settings. */
export function dataFolderOf(values: { data: string | undefined }): string {
  return values.data ?? DEFAULT_FOLDER;
}

function initialValues(): Values<typeof OPTIONS> {
  return Object.fromEntries(
    Object.entries(OPTIONS).map(([name, { initial }]) => [name, initial]),
  ) as unknown as Values<typeof OPTIONS>;
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
