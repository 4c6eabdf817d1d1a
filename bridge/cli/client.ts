/** Address, token and exit codes of the sub-commands that are clients of a running bridge. @module */

import { styleText } from "node:util";
import { BridgeClient, BridgeError, type BridgeStatus } from "../../mod.ts";
import { ConfigError, dataFolderOf, readSecret } from "../config/config.ts";
import { quote } from "../config/config_error.ts";
import { type Source, toggle, value } from "../config/option.ts";
import { OPTIONS } from "../config/options.ts";
import { text, type ValueParser } from "../config/values.ts";
import { holderOf } from "../storage/data_folder.ts";
import { END_SIGNALS } from "./program/signals.ts";
import { printable, type Terminal } from "./terminal.ts";
import { uin } from "./own_options.ts";

/** Exit codes of the sub-commands that are clients of a bridge. */
export const EXIT = {
  /** The command was done. */
  done: 0,
  /** The bridge or the QQ server refused the command. */
  failed: 1,
  /** The usage is wrong, or a setting is invalid. */
  usage: 2,
  /** The bridge cannot be reached, or rejects the token. */
  unreachable: 3,
  /** The command was sent, but its outcome is unknown. */
  unknown: 4,
} as const;

const FLAG: { sources: readonly Source[] } = { sources: ["flag"] };
const OUTSIDE: { sources: readonly Source[] } = {
  sources: ["flag", "environment"],
};

const bridgeUrl: ValueParser<URL> = {
  rule: "a ws:, wss:, http: or https: URL without user and password",
  parse(text) {
    const url = URL.parse(text);
    if (url === null || !/^(ws|http)s?:$/.test(url.protocol)) return undefined;
    if (url.username + url.password !== "") return undefined;
    url.protocol = url.protocol.replace("http", "ws");
    if (url.pathname === "/") url.pathname = "/ws";
    return url;
  },
};

/** Options of all client commands. */
export const CLIENT_OPTIONS = {
  url: value(
    "URL",
    bridgeUrl,
    new URL("ws://127.0.0.1:8080/ws"),
    "the bridge [ws://127.0.0.1:8080/ws]",
    OUTSIDE,
  ),
  token: OPTIONS.token,
  tokenFile: value(
    "FILE",
    text,
    undefined,
    "a file that holds the token; else TQQ_TOKEN does",
    OUTSIDE,
  ),
  data: value(
    "DIR",
    text,
    undefined,
    "without a token: the data folder of a bridge that runs here [tqq-data]",
    OUTSIDE,
  ),
  json: toggle("one JSON object a line", FLAG),
} as const;

/** The account that acts, for the commands that need one. */
export const ACCOUNT = value(
  "UIN",
  uin,
  undefined,
  "the account that acts [the token's only one]",
  FLAG,
);

/** Parts of the terminal that are not lines; tests pass a fake. */
export interface Screen {
  /** Whether results may be coloured. */
  readonly colour: boolean;
  /** Whether standard error is a terminal, on which progress is shown. */
  readonly progress: boolean;
  /** Whether standard input is a terminal. */
  readonly typed: boolean;
  /** Writes to standard error, without a line end. */
  write(text: string): void;
  /** Reads the lines of standard input. */
  lines(): AsyncIterable<string>;
  /** Listens for the signals that end a program; returns a function that stops listening. */
  onEnd(callback: () => void): () => void;
}

/** The terminal of this process. */
export function systemScreen(): Screen {
  return {
    colour: Deno.stdout.isTerminal() && !Deno.noColor,
    progress: Deno.stderr.isTerminal(),
    typed: Deno.stdin.isTerminal(),
    write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
    lines: readLines,
    onEnd(callback) {
      for (const signal of END_SIGNALS) {
        Deno.addSignalListener(signal, callback);
      }
      return () => {
        for (const signal of END_SIGNALS) {
          Deno.removeSignalListener(signal, callback);
        }
      };
    },
  };
}

/** Colours of the results. */
export type Paint = (
  colour: "bold" | "cyan" | "dim" | "green" | "red" | "yellow",
  text: string,
) => string;

/** Returns a function that colours texts, if results may be coloured. */
export function painter({ colour }: Screen): Paint {
  if (!colour) return (_, text) => text;
  return (name, text) => styleText(name, text, { validateStream: false });
}

/** A line at the foot of the terminal that changes. Without a terminal it is not shown. */
export class Progress implements Disposable {
  readonly #screen: Screen;
  #shown = false;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Shows what is under way. */
  show(text: string): void {
    if (!this.#screen.progress) return;
    this.#screen.write(`\r\x1b[K${text}`);
    this.#shown = true;
  }

  /** Removes the line, so that another one can be written. */
  clear(): void {
    if (this.#shown) this.#screen.write("\r\x1b[K");
    this.#shown = false;
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}

/** The values that {@linkcode withBridge} needs. */
export interface Where {
  readonly url: URL;
  readonly token: string;
}

/**
 * Returns where to connect: the set bridge, or the program that runs on the data
 * folder.
 *
 * @throws {ConfigError} If there is no token.
 */
export function readWhere(
  values: {
    url: URL;
    token: string | undefined;
    tokenFile: string | undefined;
    data: string | undefined;
  },
  setBy: ReadonlyMap<string, string>,
  sources: Parameters<typeof readSecret>[3],
): Where {
  const token = readSecret("token", values, setBy, sources);
  if (token !== undefined) return { url: values.url, token };
  const folder = dataFolderOf(values);
  const running = runningOn(folder);
  const isMeant = running !== undefined &&
    (!setBy.has("url") || running.url.href === values.url.href);
  if (isMeant) return running;
  throw new ConfigError(
    `Cannot connect: ${
      setBy.has("url")
        ? "there is no token for that bridge; set"
        : `no bridge runs on the data folder ${
          quote(folder)
        }; start one, name its folder with --data, or set --url URL and`
    } TQQ_TOKEN or --token-file FILE ("token add NAME" makes one)`,
  );
}

/** The program that runs on the data folder, if this user may read it. */
export function findRunning(data: string | undefined): Where | undefined {
  return runningOn(dataFolderOf({ data }));
}

/** Returns the program that runs on a data folder, if this user may read the folder. */
function runningOn(folder: string): Where | undefined {
  try {
    const holder = holderOf(folder);
    if (typeof holder !== "object") return undefined;
    const { http, token } = holder;
    const url = http === undefined ? undefined : bridgeUrl.parse(`${http}/ws`);
    if (url === undefined || token === undefined) return undefined;
    // It listens on all addresses. Its host policy and a certificate accept the name localhost.
    if (["0.0.0.0", "[::]"].includes(url.hostname)) url.hostname = "localhost";
    return { url, token };
  } catch {
    // The folder does not exist, or this user may not read it.
    return undefined;
  }
}

/** What a sub-command does with a bridge. */
export interface BridgeWork {
  where: Where;
  terminal: Terminal;
  /** Further options of the client. */
  client?: Omit<
    ConstructorParameters<typeof BridgeClient>[0],
    "url" | "token"
  >;
  /** Does the work; returns the exit code. */
  work(bridge: BridgeClient): Promise<number>;
}

/**
 * Connects, works, and turns the bridge's errors into an exit code. Fails if the
 * bridge cannot be reached at first; reconnects if the connection is lost later.
 */
export async function withBridge(
  { where, terminal, client = {}, work }: BridgeWork,
): Promise<number> {
  let wasOpen = false;
  let lost: string | undefined;
  await using bridge: BridgeClient = new BridgeClient({
    ...client,
    ...where,
    onStatus(status: BridgeStatus) {
      if (status.state === "open") wasOpen = true;
      if (status.state === "waiting" && !wasOpen) {
        lost ??= status.reason;
        void bridge.close();
      }
      client.onStatus?.(status);
    },
  });
  const fail = (message: string, code: number) => {
    terminal.err(`tqq: ${printable(message)}`);
    return code;
  };
  const unreachable = () =>
    fail(
      `Cannot reach ${where.url.href}: ${lost}${
        where.url.protocol === "wss:"
          ? "; DENO_CERT=FILE makes Deno trust a certificate of your own"
          : ""
      }`,
      EXIT.unreachable,
    );
  try {
    const code = await work(bridge);
    return lost === undefined ? code : unreachable();
  } catch (error) {
    if (lost !== undefined) return unreachable();
    if (!(error instanceof BridgeError)) throw error;
    return fail(error.message, exitCodeOf(error, bridge.status));
  }
}

/** Returns the exit code of an error. */
export function exitCodeOf(error: BridgeError, status: BridgeStatus): number {
  switch (error.code) {
    case "outcome_unknown":
      return EXIT.unknown;
    case "forbidden":
      return EXIT.unreachable;
    // Either the QQ server was slow, or the bridge is gone.
    case "timeout":
      return status.state === "open" ? EXIT.failed : EXIT.unreachable;
    case "bad_params":
    case "unknown_account":
      return EXIT.usage;
    default:
      return EXIT.failed;
  }
}

/**
 * Returns the account that acts: the named one, else the only one that the token
 * reaches.
 *
 * @throws {ConfigError} If none is named and the token reaches several, or none.
 */
export async function readAccount(
  bridge: BridgeClient,
  given: string | undefined,
): Promise<string> {
  if (given !== undefined) return given;
  const { accounts } = await bridge.accounts();
  const [only, ...others] = accounts.map(({ uin }) => uin);
  if (only !== undefined && others.length === 0) return only;
  throw new ConfigError(
    `Cannot tell which account acts: name one with --account UIN, got ${
      only === undefined ? "none" : [only, ...others.slice(0, 9)].join(", ")
    } to choose from`,
  );
}

async function* readLines(): AsyncGenerator<string> {
  const { createInterface } = await import("node:readline");
  const { stdin } = await import("node:process");
  yield* createInterface({ input: stdin, crlfDelay: Infinity });
}
