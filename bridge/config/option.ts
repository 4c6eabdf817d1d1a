/** Option tables and their parsing. @module */

import { parseArgs } from "node:util";
import { closestString } from "../deps.ts";
import { ConfigError, quote, suggest } from "./config_error.ts";
import { onOrOff, type ValueParser } from "./values.ts";

/** Where a setting may come from. */
export type Source = "flag" | "environment" | "file";

export interface Option<T> {
  /** A switch has no value; a list can be repeated. */
  readonly kind: "value" | "switch" | "list";
  /** Form of the value in the help. */
  readonly placeholder: string;
  /** Parser of the text. */
  readonly form: ValueParser<unknown>;
  readonly initial: T;
  /** Text of the help. */
  readonly help: string;
  /** Sources from which it is read. */
  readonly sources: readonly Source[];
  /** Whether the value must not be shown. */
  readonly secret: boolean;
}

/** What was given for a setting, and where. */
export interface GivenSetting {
  readonly texts: readonly string[];
  readonly from: Source;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The parsed values of a table. */
export type Values<O extends OptionTable> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

/** Sources from which settings are read. */
export interface Sources {
  /** Arguments after the sub-command. */
  readonly args: readonly string[];
  /** Returns a variable of the environment. */
  readonly env: (name: string) => string | undefined;
  /** Returns a file's text; throws if it cannot be read. */
  readonly readFile: (path: string) => string;
  /** Returns the permissions of a file; undefined if it has none, or they cannot be read. */
  readonly modeOf?: (path: string) => number | undefined;
}

export interface Reading<O extends OptionTable> {
  readonly values: Values<O>;
  /**
   * The source of each setting that was set, as the user wrote it: `--listen`,
   * `TQQ_LISTEN`, `"listen" in tqq.json`.
   */
  readonly setBy: ReadonlyMap<string, string>;
  /** The texts of each setting that was set, and where they are from. */
  readonly given: ReadonlyMap<string, GivenSetting>;
  /** Arguments that are not flags. */
  readonly positionals: readonly string[];
}

/** `--help` or `--version` was given. */
export interface InfoRequest {
  /** The text that was requested. */
  readonly asked: "help" | "version";
}

const EVERYWHERE: readonly Source[] = ["flag", "environment", "file"];

interface Traits {
  sources?: readonly Source[];
  secret?: boolean;
}

/** Creates an option with a value. */
export function value<T, I extends T | undefined>(
  placeholder: string,
  form: ValueParser<T>,
  initial: I,
  help: string,
  { sources = EVERYWHERE, secret = false }: Traits = {},
): Option<I extends undefined ? T | undefined : T> {
  type Value = I extends undefined ? T | undefined : T;
  return {
    kind: "value",
    placeholder,
    form,
    initial: initial as Value,
    help,
    sources,
    secret,
  };
}

/** Creates a switch, which is off by default. */
export function toggle(help: string, traits: Traits = {}): Option<boolean> {
  const option = value("", onOrOff, false, help, traits);
  return { ...option, kind: "switch" };
}

/** Creates an option with any number of values. */
export function list<T>(
  placeholder: string,
  form: ValueParser<readonly T[]>,
  help: string,
  traits: Traits = {},
): Option<readonly T[]> {
  const none: readonly T[] = [];
  return { ...value(placeholder, form, none, help, traits), kind: "list" };
}

export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export function variableOf(name: string): string {
  return `TQQ_${name.replace(/[A-Z]/g, (letter) => `_${letter}`)}`
    .toUpperCase();
}

/**
 * Reads the settings of a table from flags, then environment, then file, then
 * the defaults. One name gives all spellings: `retainDays` is `--retain-days`,
 * `TQQ_RETAIN_DAYS`, and `"retainDays"` in the file.
 *
 * @param options The table.
 * @param known Further names that a file may contain, for other sub-commands.
 * @throws {ConfigError} If a setting is invalid.
 */
export function readOptions<O extends OptionTable>(
  options: O,
  known: readonly string[],
  sources: Sources,
): Reading<O> | InfoRequest {
  const flags = readFlags(options, sources.args);
  if ("asked" in flags) return flags;
  const values: Record<string, unknown> = {};
  const setBy = new Map<string, string>();
  const given = new Map<string, GivenSetting>();
  const layers = [
    ["flag", flags.settings],
    ["environment", readEnvironment(options, sources.env)],
    ["file", readConfigFile(options, known, flags.settings, sources)],
  ] as const;
  for (const [name, option] of Object.entries(options)) {
    values[name] = option.initial;
    const [from, layer] = layers.find(([, layer]) => layer.has(name)) ?? [];
    const setting = layer?.get(name);
    if (from === undefined || setting === undefined) continue;
    given.set(name, { texts: setting.texts, from });
    values[name] = readSetting(option, setting);
    setBy.set(name, setting.by);
  }
  return {
    values: values as Values<O>,
    setBy,
    given,
    positionals: flags.positionals,
  };
}

/** Texts of a setting, and their source. */
interface Setting {
  by: string;
  texts: string[];
}

type Settings = Map<string, Setting>;

function readSetting(option: Option<unknown>, setting: Setting): unknown {
  const read = setting.texts.map((text) => {
    const value = option.form.parse(text);
    if (value !== undefined) return value;
    const reason = option.form.explain?.(text);
    throw new ConfigError(
      `Cannot use ${setting.by}: must be ${option.form.rule}, got ${
        option.secret ? "something else" : quote(text)
      }${reason === undefined ? "" : ` (${reason})`}`,
    );
  });
  return option.kind === "list" ? read.flat() : read.at(-1);
}

function readFlags(
  options: OptionTable,
  args: readonly string[],
): { settings: Settings; positionals: string[] } | InfoRequest {
  const names = new Map(
    Object.entries(options)
      .filter(([, option]) => option.sources.includes("flag"))
      .map(([name]) => [flagOf(name).slice(2), name]),
  );
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries([
      ...[...names].map(([flag, name]) => [flag, {
        type: options[name]!.kind === "switch" ? "boolean" : "string",
      }]),
      ["help", { type: "boolean", short: "h" }],
      ["version", { type: "boolean", short: "V" }],
    ]),
  });
  const settings: Settings = new Map();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    if (token.name === "help" || token.name === "version") {
      return { asked: token.name };
    }
    const name = names.get(token.name);
    if (name === undefined) throw unknownFlag(token.rawName, [...names.keys()]);
    const isSwitch = options[name]!.kind === "switch";
    const text = token.value ?? (isSwitch ? "true" : undefined);
    if (text === undefined || !token.inlineValue && text.startsWith("-")) {
      throw new ConfigError(`Cannot use ${token.rawName}: it needs a value`);
    }
    const setting = settings.get(name) ?? { by: token.rawName, texts: [] };
    setting.texts.push(text);
    settings.set(name, setting);
  }
  return { settings, positionals };
}

function unknownFlag(flag: string, names: string[]): ConfigError {
  if (flag === "--token" || flag === "--secret-key") {
    const variable = variableOf(flag === "--token" ? "token" : "secretKey");
    return new ConfigError(
      `Cannot use ${flag}: every process can read arguments; set ${variable} or ${variable}_FILE`,
    );
  }
  return new ConfigError(
    `Cannot use ${flag}: there is no such flag; ${
      suggest(flag.replace(/^-+/, ""), [...names, "help"], "--")
    }`,
  );
}

function readEnvironment(
  options: OptionTable,
  env: Sources["env"],
): Settings {
  const settings: Settings = new Map();
  for (const [name, option] of Object.entries(options)) {
    if (!option.sources.includes("environment")) continue;
    const by = variableOf(name);
    const text = env(by);
    // Compose files and units unset a variable by setting it to nothing.
    if (text !== undefined && text !== "") {
      settings.set(name, { by, texts: [text] });
    }
  }
  return settings;
}

function readConfigFile(
  options: OptionTable,
  known: readonly string[],
  flags: Settings,
  { env, readFile }: Sources,
): Settings {
  const settings: Settings = new Map();
  if (!("config" in options)) return settings;
  const by = flags.has("config") ? "--config" : variableOf("config");
  const path = flags.get("config")?.texts.at(-1) || env(variableOf("config"));
  if (path === undefined || path === "") return settings;
  const text = readNamedFile(by, path, readFile);
  for (const [name, value] of Object.entries(parseObject(by, path, text))) {
    const where = `${quote(name)} in ${path}`;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option?.sources.includes("file")) {
      settings.set(name, { by: where, texts: textsOf(option, where, value) });
    } else if (!known.includes(name)) {
      const names = Object.keys(options)
        .filter((one) => options[one]!.sources.includes("file"));
      throw new ConfigError(
        `Cannot use ${where}: there is no such setting in a file; the nearest is ${
          quote(closestString(name, [...names, ...known]))
        }`,
      );
    }
  }
  return settings;
}

/**
 * Reads a file that a setting names.
 *
 * @throws {ConfigError} If it cannot be read.
 */
export function readNamedFile(
  by: string,
  path: string,
  readFile: Sources["readFile"],
): string {
  try {
    return readFile(path);
  } catch (error) {
    throw new ConfigError(
      `Cannot use ${by}: must name a file that can be read, got ${
        quote(path)
      } (${error instanceof Error ? error.name : "unknown error"})`,
      { cause: error },
    );
  }
}

function parseObject(by: string, path: string, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The position of the error is not shown, because the text around it may
    // be secret.
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value;
  }
  throw new ConfigError(
    `Cannot use ${by}: must name a file that holds one JSON object, got ${
      quote(path)
    }`,
  );
}

function textsOf(
  option: Option<unknown>,
  where: string,
  value: unknown,
): string[] {
  const values = option.kind === "list" && Array.isArray(value)
    ? value
    : [value];
  const isSimple = (one: unknown) =>
    typeof one === "string" || typeof one === "number" ||
    option.kind === "switch" && typeof one === "boolean";
  if (values.every(isSimple)) return values.map(String);
  throw new ConfigError(
    `Cannot use ${where}: must be ${option.form.rule}, got ${
      option.secret ? "something else" : quote(value)
    }`,
  );
}
