/** `target list`, `target add`, `target change`, `target remove`, `target retry`. @module */

import { defined } from "../../../lib/defined.ts";
import {
  TARGET_KINDS,
  TARGET_STATES,
  type TargetChange,
  type TargetInfo,
} from "../../../mod.ts";
import { ConfigError, dataFolderOf, readSecret } from "../../config/config.ts";
import { quote } from "../../config/config_error.ts";
import {
  type InfoRequest,
  readOptions,
  type Values,
} from "../../config/option.ts";
import { FILE_SETTINGS } from "../../config/options.ts";
import { clientTarget } from "../../config/values.ts";
import { administer } from "../administer.ts";
import { TARGET_OPTIONS } from "../own_options.ts";
import { formatTable, printable, type Terminal } from "../terminal.ts";

type TargetValues = Values<typeof TARGET_OPTIONS>;

const ANY_URL = clientTarget(["ws:", "wss:", "http:", "https:"]);

/**
 * Runs `target`.
 *
 * @returns The exit code, or what `--help` or `--version` asks for.
 * @throws {ConfigError} If the arguments are invalid.
 */
export async function target(
  args: readonly string[],
  terminal: Terminal,
): Promise<number | InfoRequest> {
  const sources = terminal.sources(args);
  const reading = readOptions(TARGET_OPTIONS, FILE_SETTINGS, sources);
  if ("asked" in reading) return reading;
  const { values, setBy, positionals } = reading;
  const [action, ...words] = positionals;
  const where = {
    folder: dataFolderOf(values),
    secretKey: readSecret("secretKey", values, setBy, sources),
    command: `target ${action}`,
  };
  const set = (change: TargetChange, makes = false) =>
    administer({ ...where, makes }, (api) => api.setTarget(change));
  switch (`${action} ${words.length}`) {
    case "list 0": {
      const { targets } = await administer(
        { ...where, needsJournal: true },
        (api) => api.listTargets({}),
      );
      printTargets(targets, values.json, terminal);
      return 0;
    }
    case "add 2": {
      const [kind, url] = words;
      const change = {
        ...readAddress(kind!, url!),
        ...await readChange(values, setBy, terminal),
      };
      const { id } = await set(change, true);
      terminal.out(id);
      terminal.err(`Target ${id} is added.`);
      return 0;
    }
    case "change 1": {
      const change = await readChange(values, setBy, terminal);
      if (Object.keys(change).length === 0) {
        throw new ConfigError(
          "Cannot use target change: a flag must say what to change",
        );
      }
      const { id } = await set({ id: words[0]!, ...change });
      terminal.err(`Target ${id} is changed.`);
      return 0;
    }
    case "retry 1": {
      const { id } = await set({ id: words[0]! });
      terminal.err(`Target ${id} is tried again.`);
      return 0;
    }
    case "remove 1": {
      const id = words[0]!;
      await administer(
        { ...where, needsJournal: true },
        (api) => api.removeTarget({ id }),
      );
      terminal.err(`Target ${id} is removed.`);
      return 0;
    }
  }
  throw new ConfigError(
    `Cannot use target: must be "target list", "target add KIND [UIN=]URL", "target change ID", "target remove ID" or "target retry ID", got ${
      // The URL may hold a secret.
      quote(["target", action].filter((one) => one).join(" "))}`,
  );
}

function readAddress(kind: string, text: string): TargetChange {
  const known = TARGET_KINDS.find((one) => one === kind);
  if (known === undefined) {
    throw new ConfigError(
      `Cannot use target add: KIND must be one of ${
        TARGET_KINDS.join(", ")
      }, got ${quote(kind)}`,
    );
  }
  const address = ANY_URL.parse(text);
  if (address !== undefined) return { kind: known, ...address };
  throw new ConfigError(
    `Cannot use target add: the address must be ${ANY_URL.rule}`,
  );
}

async function readChange(
  values: TargetValues,
  setBy: ReadonlyMap<string, string>,
  terminal: Terminal,
): Promise<TargetChange> {
  const { url, events, segments, self, confirmAfter } = values;
  const { enable, disable, secretsStdin } = values;
  if (enable && disable) {
    throw new ConfigError(
      "Cannot use target: --enable and --disable must not be set together",
    );
  }
  const secrets = secretsStdin
    ? (await terminal.readLines(2)).map((line) => line === "" ? null : line)
    : undefined;
  const isAll = events?.includes("all");
  return defined({
    url,
    events: isAll ? null : events === undefined ? undefined : [...events],
    segments,
    self: setBy.has("self") ? self : undefined,
    confirmAfter,
    ...(secrets === undefined
      ? {}
      : { accessToken: secrets[0] ?? null, secret: secrets[1] ?? null }),
    enabled: enable ? true : disable ? false : undefined,
  });
}

function printTargets(
  targets: readonly TargetInfo[],
  asJson: boolean,
  terminal: Terminal,
): void {
  if (asJson) return terminal.out(JSON.stringify(targets));
  const rows = targets.map((one) => [
    one.id,
    one.kind,
    one.from,
    one.account ?? "all",
    one.enabled ? formatStates(one) : "disabled",
    String(one.lag),
    one.url,
    printable(one.lastError?.message ?? ""),
  ]);
  const head = ["ID", "KIND", "FROM", "ACCOUNT", "STATE", "LAG", "URL"];
  formatTable([[...head, "LAST ERROR"], ...rows]).forEach(terminal.out);
}

function formatStates({ states }: TargetInfo): string {
  const parts = TARGET_STATES.filter((state) => states[state] !== undefined)
    .map((state) => `${states[state]} ${state}`);
  return parts.length === 0 ? "not running" : parts.join(", ");
}
