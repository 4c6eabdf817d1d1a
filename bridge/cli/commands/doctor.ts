/** `doctor`: looks at what a start needs, and says what to do. @module */

import { DEMO_PASSWORD } from "../../../lib/server/mod.ts";
import { md5Hex } from "../../../mod.ts";
import {
  type Address,
  type Asked,
  type Config,
  ConfigError,
  exposedListener,
  formatAddress,
  parseConfig,
} from "../../config/config.ts";
import { fileIdentity } from "../../sqlite/file_identity.ts";
import { describeError } from "../../ops/log.ts";
import {
  accountsWithPassword,
  checkBridgeDatabase,
  checkDatabase,
} from "../../storage/bridge_database.ts";
import { FILES, holderOf, looseMode } from "../../storage/data_folder.ts";
import { assertSqlite } from "../../sqlite/database.ts";
import { DatabaseSync } from "node:sqlite";
import {
  flagsOf,
  formatFlag,
  missingRights,
  neededRights,
  type Right,
} from "../rights.ts";
import type { Terminal } from "../terminal.ts";

/** How long the upstream may take to answer. */
export const UPSTREAM_TIMEOUT_MS = 10_000;

/** What a check found. */
export interface Finding {
  /** `skipped` where it could not be looked at, and need not. */
  readonly outcome: "ok" | "wrong" | "skipped";
  /** What was looked at. */
  readonly about: string;
  /** What was found. */
  readonly found: string;
  /** What to do. */
  readonly action?: string;
}

/**
 * Runs `doctor`: a line a check.
 *
 * @returns 1 where something is wrong, or what `--help` or `--version` asks for.
 */
export async function doctor(
  args: string[],
  terminal: Terminal,
): Promise<number | Asked> {
  const config = parseConfig("serve", terminal.sources(args), "doctor");
  if ("asked" in config) return config;
  const findings = await examine(config);
  for (const { outcome, about, found, action } of findings) {
    terminal.out(
      `${outcome.padEnd(7)}  ${about}: ${found}${
        action === undefined ? "" : `. ${action}`
      }`,
    );
  }
  return findings.some(({ outcome }) => outcome === "wrong") ? 1 : 0;
}

/** All checks. */
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
  return findings;
}

function ok(about: string, found: string): Finding {
  return { outcome: "ok", about, found };
}

function wrong(about: string, found: string, action: string): Finding {
  return { outcome: "wrong", about, found, action };
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

function holderIn(folder: string): ReturnType<typeof holderOf> {
  try {
    return holderOf(folder);
  } catch {
    return undefined;
  }
}

function checkFolder(folder: string, secretKey: string | undefined): Finding[] {
  const about = `data folder ${folder}`;
  try {
    if (!Deno.statSync(folder).isDirectory) {
      return [wrong(about, "is a file", "Name a folder with --data")];
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return [ok(about, "is not there yet; the first start makes it")];
    }
    return [
      wrong(about, describeError(error), "Name another folder with --data"),
    ];
  }
  const loose = looseMode(folder);
  const findings = [
    loose === undefined
      ? ok(about, "private")
      : wrong(about, loose, `Close it: chmod 700 ${folder}`),
    checkWritable(about, folder),
  ];
  const holder = holderIn(folder);
  if (holder !== undefined) {
    const who = holder === "unknown"
      ? "another process"
      : `"${holder.command}", process ${holder.pid}, since ${holder.since}`;
    return [...findings, ok(about, `used by ${who}`), {
      outcome: "skipped",
      about: "databases",
      found: "they are in use",
    }];
  }
  return [...findings, ...checkFiles(folder, secretKey)];
}

function checkWritable(about: string, folder: string): Finding {
  try {
    const file = Deno.makeTempFileSync({ dir: folder, prefix: "doctor-" });
    Deno.removeSync(file);
    return ok(about, "can be written");
  } catch (error) {
    return wrong(
      about,
      `cannot be written (${describeError(error)})`,
      "Make room, or give it to the user that runs tqq",
    );
  }
}

function checkFiles(
  folder: string,
  secretKey: string | undefined,
): Finding[] {
  const findings: Finding[] = [];
  for (const name of [FILES.bridge, FILES.journal, FILES.qq]) {
    const path = `${folder}/${name}`;
    try {
      const loose = looseMode(path);
      if (loose !== undefined) {
        findings.push(wrong(name, loose, `Close it: chmod 600 ${path}`));
      }
      if (name === FILES.bridge) checkBridgeDatabase(path, secretKey);
      else checkDatabase(path);
      findings.push(ok(name, "whole"));
      if (name === FILES.journal) findings.push(...checkCopies(path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      findings.push(wrong(
        name,
        error instanceof ConfigError ? error.message : describeError(error),
        "Set the key, or bring the file back from a copy",
      ));
    }
  }
  return findings;
}

/**
 * Whether a start would notice that the journal is a copy made by hand.
 *
 * @param identityOf Only tests give another.
 */
export function checkCopies(
  path: string,
  identityOf: (path: string) => string | undefined = fileIdentity,
): Finding[] {
  if (identityOf(path) !== undefined) return [];
  return [{
    outcome: "skipped",
    about: "restored copies",
    found:
      "the file system gives no birth times, so only copies that tqq backup made are recognised",
    action: "Copy and put back the data folder with tqq backup and tqq restore",
  }];
}

/** The program refuses to start while somebody else could log in with a password that all know. */
function checkPasswords(config: Config): Finding[] {
  const [setting] = exposedListener(config) ?? [];
  if (setting === undefined) return [];
  const about = "passwords";
  const where = `${setting} is off loopback`;
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
    // What is wrong with the files is told above.
    return [{ outcome: "skipped", about, found: "they cannot be read" }];
  }
}

/** Undefined where nothing has made accounts yet. */
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

/** A command that no server knows: it changes nothing there. */
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
    // A server of 2005 answers what it does not know by closing.
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
