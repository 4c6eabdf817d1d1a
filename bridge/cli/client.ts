/**
 * What the sub-commands have in common that are clients of a running bridge:
 * where it is, the token, and what an exit code says.
 *
 * @module
 */

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

/** The exit codes of the sub-commands that talk to a bridge. */
export const EXIT = {
  /** Done. */
  done: 0,
  /** The bridge, or the QQ server behind it, did not do it. */
  failed: 1,
  /** Wrong usage, or settings that do not hold. */
  usage: 2,
  /** The bridge cannot be reached, or does not take the token. */
  unreachable: 3,
  /** Sent, but nobody knows whether it was done. */
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

/** Options that all of them have. */
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

/** What of the terminal is not lines: passed in, so that tests can look on. */
export interface Screen {
  /** Whether results may be coloured. */
  readonly colour: boolean;
  /** Whether somebody looks at standard error: then progress is shown. */
  readonly progress: boolean;
  /** Whether somebody types what is read. */
  readonly typed: boolean;
  /** Writes to standard error, without a line end. */
  write(text: string): void;
  /** The lines of standard input. */
  lines(): AsyncIterable<string>;
  /** Calls back at the signals that end a program; returns a function that ends that. */
  onEnd(callback: () => void): () => void;
}

/** The process's own. */
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

/** Colours, or none. */
export function painter({ colour }: Screen): Paint {
  if (!colour) return (_, text) => text;
  return (name, text) => styleText(name, text, { validateStream: false });
}

/** A line at the foot of the terminal that changes; nothing where nobody looks. */
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

  /** Takes it away, for another line to be written. */
  clear(): void {
    if (this.#shown) this.#screen.write("\r\x1b[K");
    this.#shown = false;
  }

  /** {@linkcode Progress.clear}. */
  [Symbol.dispose](): void {
    this.clear();
  }
}

/** The values that {@linkcode withBridge} needs. */
export interface Where {
  /** The bridge. */
  readonly url: URL;
  /** The token. */
  readonly token: string;
}

/**
 * Where to connect: as it is set, else to the program that runs on the data
 * folder.
 *
 * @throws {ConfigError} Where there is no token.
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

/** The program that runs on a data folder that this user may read. */
function runningOn(folder: string): Where | undefined {
  try {
    const holder = holderOf(folder);
    if (typeof holder !== "object") return undefined;
    const { http, token } = holder;
    const url = http === undefined ? undefined : bridgeUrl.parse(`${http}/ws`);
    if (url === undefined || token === undefined) return undefined;
    // It listens everywhere: here is the one place whose name it takes, and a certificate may hold.
    if (["0.0.0.0", "[::]"].includes(url.hostname)) url.hostname = "localhost";
    return { url, token };
  } catch {
    // Not there, or not ours to read.
    return undefined;
  }
}

/** What a sub-command does with a bridge. */
export interface BridgeWork {
  /** Where. */
  where: Where;
  /** What is read and written. */
  terminal: Terminal;
  /** Further options of the client. */
  client?: Omit<
    ConstructorParameters<typeof BridgeClient>[0],
    "url" | "token"
  >;
  /** Does it; the exit code. */
  work(bridge: BridgeClient): Promise<number>;
}

/**
 * Connects, works, and turns what the bridge says into an exit code. A bridge
 * that is not there at first is not waited for; one that goes away later is.
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

/** The exit code of an error. */
export function exitCodeOf(error: BridgeError, status: BridgeStatus): number {
  switch (error.code) {
    case "outcome_unknown":
      return EXIT.unknown;
    case "forbidden":
      return EXIT.unreachable;
    // The QQ server may have been slow, or the bridge be gone.
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
 * The account that acts.
 *
 * @throws {ConfigError} Where none is named and the token reaches several, or none.
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
