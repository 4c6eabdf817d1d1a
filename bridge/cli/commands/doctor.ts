/** `doctor`: checks what a start needs, and says what to do. @module */

import { DEMO_PASSWORD } from "../../../lib/server/mod.ts";
import { md5Hex } from "../../../mod.ts";
import {
  type Address,
  type Asked,
  type Config,
  exposedListener,
  formatAddress,
  parseConfig,
} from "../../config/config.ts";
import type { ClusterConfig } from "../../config/config.ts";
import { describeError } from "../../ops/log.ts";
import {
  accountsWithPassword,
  checkBridgeDatabase,
} from "../../storage/bridge_database.ts";
import { FILES } from "../../storage/data_folder.ts";
import { assertSqlite } from "../../sqlite/database.ts";
import { DatabaseSync } from "node:sqlite";
import {
  flagsOf,
  formatFlag,
  missingRights,
  neededRights,
  type Right,
} from "../rights.ts";
import { addressOf, loadCluster, meant } from "../program/cluster.ts";
import type { Terminal } from "../terminal.ts";
import {
  checkClock,
  checkFolder,
  type Finding,
  holderIn,
  ok,
  wrong,
} from "../folder_findings.ts";

/** How long the QQ server may take to answer, in milliseconds. */
export const UPSTREAM_TIMEOUT_MS = 10_000;

/**
 * Runs `doctor`: one line for each check, with `--json` as JSON.
 *
 * @returns 1 if something is wrong, or what `--help` or `--version` asks for.
 */
export async function doctor(
  args: string[],
  terminal: Terminal,
): Promise<number | Asked> {
  const isJson = args.includes("--json");
  const flags = args.filter((arg) => arg !== "--json");
  const config = parseConfig("serve", terminal.sources(flags), "doctor");
  if ("asked" in config) return config;
  const findings = await examine(config);
  for (const finding of findings) {
    const { outcome, about, found, action } = finding;
    if (isJson) {
      terminal.out(JSON.stringify(finding));
      continue;
    }
    terminal.out(
      `${outcome.padEnd(7)}  ${about}: ${found}${
        action === undefined ? "" : `. ${action}`
      }`,
    );
  }
  return findings.some(({ outcome }) => outcome === "wrong") ? 1 : 0;
}

export async function examine(config: Config): Promise<Finding[]> {
  const { dataFolder, listen, qqListen, upstream } = config;
  const findings = [
    ...checkPermissions(config),
    checkBuiltIn(),
    ...checkSecrets(config),
  ];
  const holder = dataFolder === undefined ? undefined : holderIn(dataFolder);
  if (dataFolder === undefined) {
    findings.push(ok("data folder", "none: all is kept in memory"));
  } else findings.push(...checkFolder(dataFolder, config.secretKey));
  findings.push(checkClock(dataFolder, Date.now()));
  if (holder === undefined) findings.push(...checkPasswords(config));
  const ports: [string, Address | "off"][] = [
    ["--listen", listen],
    ...[qqListen].flat().map((one): [string, Address | "off"] => [
      "--qq-listen",
      one,
    ]),
  ];
  for (const [setting, address] of ports) {
    if (address === "off") findings.push(ok(setting, "off"));
    else if (holder === undefined) findings.push(checkPort(setting, address));
    else {
      findings.push({
        outcome: "skipped",
        about: setting,
        found: "a program is running on the data folder, and may have the port",
      });
    }
  }
  findings.push(
    upstream === "embedded"
      ? ok("upstream", "the embedded server")
      : await checkUpstream(upstream),
  );
  if (config.cluster !== undefined) {
    findings.push(...await checkCluster(config.cluster, config.secretKey!));
  }
  return findings;
}

function checkPermissions(config: Config): Finding[] {
  const about = "permissions";
  const missing = missingRights(neededRights(config));
  const findings = [
    missing.length === 0
      ? ok(about, "granted")
      : wrong(about, "not granted", `Add ${flagsOf(missing).join(" ")}`),
  ];
  const freeSpace: Right = { name: "sys", value: "statfs" };
  if (missingRights([freeSpace]).length > 0) {
    findings.push({
      outcome: "skipped",
      about: "free space",
      found: "Deno does not permit to ask for it",
      action: `Add ${formatFlag([freeSpace])} to have it watched`,
    });
  }
  return findings;
}

function checkBuiltIn(): Finding {
  const about = "Deno";
  using database = new DatabaseSync(":memory:");
  const { version } = database.prepare("SELECT sqlite_version() AS version")
    .get() as { version: string };
  const found = `${Deno.version.deno} with SQLite ${version}`;
  try {
    assertSqlite(version);
    return ok(about, found);
  } catch {
    return wrong(about, found, "Upgrade Deno: its SQLite is too old");
  }
}

function checkSecrets({ openSecrets }: Config): Finding[] {
  return openSecrets.map(({ setting, path, mode }) =>
    wrong(
      setting,
      `all users can read the file (mode ${mode})`,
      `Close it: chmod 600 ${path}`,
    )
  );
}

/** Checks that no account has the demo password while a listener is reachable from other hosts: the program would not start. */
function checkPasswords(config: Config): Finding[] {
  const [setting] = exposedListener(config) ?? [];
  if (setting === undefined) return [];
  const about = "passwords";
  const where = `${setting} is reachable from other hosts`;
  const { dataFolder, upstream, demo } = config;
  try {
    const found = dataFolder === undefined
      ? undefined
      : demoAccountsIn(dataFolder, config.secretKey);
    if (found !== undefined && found.length > 0) {
      const few = found.slice(0, 5).join(", ");
      return [wrong(
        about,
        `${few} ${
          found.length === 1 ? "has" : "have"
        } the password ${DEMO_PASSWORD}, and ${where}`,
        "Change it with account change, or remove it with account remove",
      )];
    }
    return found === undefined && upstream === "embedded" && demo
      ? [wrong(
        about,
        `the first start makes accounts with the password ${DEMO_PASSWORD}, and ${where}`,
        "Start with --no-demo",
      )]
      : [ok(about, `none is ${DEMO_PASSWORD}`)];
  } catch {
    // The checks of the files report what is wrong with them.
    return [{ outcome: "skipped", about, found: "they cannot be read" }];
  }
}

/** Returns the accounts with the demo password; undefined if there are no accounts yet. */
function demoAccountsIn(
  folder: string,
  secretKey: string | undefined,
): string[] | undefined {
  const bridge = `${folder}/${FILES.bridge}`;
  if (!isThere(bridge)) return undefined;
  const cipher = checkBridgeDatabase(bridge, secretKey);
  const files = [bridge, `${folder}/${FILES.qq}`].filter(isThere);
  const hash = md5Hex(DEMO_PASSWORD);
  return [
    ...new Set(
      files.flatMap((path) => accountsWithPassword(path, hash, cipher)),
    ),
  ];
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function checkPort(setting: string, { host, port }: Address): Finding {
  const where = formatAddress({ host, port });
  try {
    Deno.listen({ hostname: host, port }).close();
    return ok(setting, `${where} is free`);
  } catch (error) {
    return wrong(
      setting,
      `cannot listen on ${where} (${
        error instanceof Deno.errors.AddrInUse
          ? "it is in use"
          : describeError(error)
      })`,
      `Name another with ${setting}, or end what listens there`,
    );
  }
}

/** A command that no server knows, so it changes nothing. */
const PROBE = "VER=1.1&CMD=Doctor&SEQ=1&UIN=10000";

async function checkUpstream(upstream: string): Promise<Finding> {
  const about = `upstream ${upstream}`;
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), UPSTREAM_TIMEOUT_MS);
  try {
    const response = await fetch(upstream, {
      method: "POST",
      body: PROBE,
      redirect: "manual",
      signal: giveUp.signal,
    });
    await response.body?.cancel();
    return response.ok
      ? ok(about, "answers")
      : wrong(about, `answers status ${response.status}`, "Check --upstream");
  } catch (error) {
    // A server of 2005 closes the connection if it does not know a command.
    if (!giveUp.signal.aborted && await connects(new URL(upstream))) {
      return ok(about, "takes connections");
    }
    return wrong(
      about,
      giveUp.signal.aborted
        ? `no answer within ${UPSTREAM_TIMEOUT_MS} ms`
        : describeError(error),
      "Check --upstream, and the network between",
    );
  } finally {
    clearTimeout(timer);
  }
}

async function connects({ hostname, port, protocol }: URL): Promise<boolean> {
  try {
    const connection = await Deno.connect({
      hostname: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port || (protocol === "https:" ? 443 : 80)),
    });
    connection.close();
    return true;
  } catch {
    return false;
  }
}

/** The first version of NATS that survives power cuts and kills. */
const NATS_VERSION = [2, 10, 27] as const;

/** Looks at the cluster as a node that starts does, and changes nothing. */
async function checkCluster(
  cluster: ClusterConfig,
  secretKey: string,
): Promise<Finding[]> {
  try {
    const { version, info, replicas } = await meant(async () =>
      await (await loadCluster()).examine(addressOf(cluster), secretKey)
    );
    const { bytes, maxBytes = Infinity } = info;
    const isNew = isAtLeast(version, NATS_VERSION);
    return [
      isNew ? ok("NATS", version) : wrong(
        "NATS",
        version,
        `Upgrade it to ${
          NATS_VERSION.join(".")
        } or later, and set sync_interval: always`,
      ),
      replicas > 1 ? ok("cluster", `${replicas} copies of each record`) : wrong(
        "cluster",
        "one copy of each record",
        "Found it with --replicas 3 on three servers",
      ),
      bytes < 0.8 * maxBytes
        ? ok("cluster log", `${bytes} of ${maxBytes} bytes`)
        : wrong(
          "cluster log",
          `${bytes} of ${maxBytes} bytes`,
          "Raise max_bytes of its stream, or lower --cluster-log-hours",
        ),
    ];
  } catch (error) {
    return [
      wrong(
        "cluster",
        describeError(error),
        "Start its servers, and look at --cluster and TQQ_SECRET_KEY",
      ),
    ];
  }
}

function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split(".").map(Number);
  for (const [nth, part] of least.entries()) {
    const own = parts[nth] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
