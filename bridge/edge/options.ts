/** Options of a bridge without files. @module */

import type { Answerer } from "../../lib/server/mod.ts";
import {
  FetchTransport,
  type Limits,
  md5Hex,
  type Scope,
  SCOPES,
  type Transport,
} from "../../mod.ts";
import type { UpgradeWebSocket } from "./edge_socket.ts";
import type { Journal, Retention } from "../journal/journal.ts";
import type { MetricsSource } from "../ops/metrics_recorder.ts";
import type { AccountRecord } from "../upstream/account_store.ts";
import { AnswerTransport } from "../upstream/answer_transport.ts";
import { MemoryAccountStore } from "../upstream/account_store.ts";
import {
  ADMINISTRATOR,
  hashToken,
  MemoryTokenStore,
} from "../access/token_store.ts";

/**
 * An account that the bridge logs in.
 *
 * @category Edge
 */
export interface EdgeAccount {
  /** QQ number of the account. */
  uin: string;
  /** Password, of which only the MD5 is kept. Set either this or `passwordMd5`. */
  password?: string;
  /** MD5 of the password, 32 hex digits. */
  passwordMd5?: string;
  /** Nickname of the account. @default {the one at the QQ server} */
  nickname?: string;
}

/**
 * A token that opens the bridge.
 *
 * @category Edge
 */
export interface EdgeToken {
  /** Name of the token; errors name it, and never the token itself. */
  name: string;
  /** The token, 1 to 512 letters, digits, `-`, `.`, `_` and `~`. */
  token: string;
  /** Scopes of the token. @default {all} */
  scopes?: readonly Scope[];
  /** QQ numbers of the accounts that it reaches. @default {all} */
  accounts?: readonly string[];
}

/**
 * Metrics in the text format of Prometheus, see `./metrics`.
 *
 * @category Edge
 */
export interface EdgeMetrics {
  /** Media type of {@linkcode text}. */
  readonly contentType: string;
  /** The metrics at this moment, one a line. */
  text(): Promise<string>;
}

/**
 * Options of a bridge without files.
 *
 * @category Edge
 */
export interface EdgeOptions {
  /** Accounts that the bridge logs in. */
  accounts: readonly EdgeAccount[];
  /**
   * The QQ server: its URL, a transport of your own, or the `answer` of an
   * embedded server in the same process.
   */
  endpoint: string | URL | Transport | Answerer;
  /**
   * Where events, positions of consumers and keys of commands are kept: in
   * memory, as long as the process lives, or in a journal of your own, which
   * `stop()` does not close. No other process may write it.
   *
   * @default {"memory"}
   */
  journal?: "memory" | Journal;
  /** Maximum number of events of a journal in memory; the oldest are dropped. @default {100000} */
  journalEvents?: number;
  /**
   * How long a durable journal keeps events, and consumers that no client uses.
   *
   * @default {{ days: 365, bytes: 1000000000 }}
   */
  retention?: Partial<Retention>;
  /**
   * Metrics made by `createMetrics` of `./metrics`, one object for each bridge.
   * Without them `/metrics` is 404.
   *
   * @default {none}
   */
  metrics?: EdgeMetrics;
  /** Token with every scope and all accounts. Set this or `tokens`. */
  token?: string;
  /** Tokens with fewer scopes or accounts. */
  tokens?: readonly EdgeToken[];
  /** Further origins whose pages may send requests, such as `https://example.org`. @default {none} */
  allowOrigins?: readonly string[];
  /** Host names of the bridge; requests for another host are refused. @default {any} */
  hosts?: readonly string[];
  /** Maximum number of WebSockets and event streams at a time; one more is refused. @default {1000} */
  connections?: number;
  /** Limits of a connection that differ from the defaults. */
  limits?: Partial<
    Omit<
      Limits,
      // The platform in front reads request heads and knows the addresses of clients.
      "connections" | "connectionsPerAddress" | "connectionsPerToken" | "headMs"
    >
  >;
  /**
   * Whether SIGTERM and SIGINT stop a started bridge, if the platform has
   * signals. Afterwards the signal is raised again, so that the process ends as
   * it would without a bridge. Set `false` if your program calls `stop()` itself.
   *
   * @default {true}
   */
  signals?: boolean;
  /**
   * Accepts a WebSocket. Without it, and on a platform without
   * `Deno.upgradeWebSocket`, a WebSocket is answered with status 501.
   *
   * @default {Deno.upgradeWebSocket}
   */
  upgrade?: UpgradeWebSocket;
  /** Called with errors that reach no caller. @default {console.error} */
  onError?: (error: unknown) => void;
}

/** How long a durable journal keeps events by default. */
const RETENTION: Retention = { days: 365, bytes: 1_000_000_000 };

/** Tokens that fit in a header and a URL. */
const TOKEN = /^[\w.~-]{1,512}$/;

/** Reads the tokens. Throws TypeError and RangeError; no message contains a token. */
export function tokensOf(
  { token, tokens = [] }: EdgeOptions,
): MemoryTokenStore {
  const store = new MemoryTokenStore();
  const all: EdgeToken[] = token === undefined
    ? [...tokens]
    : [{ name: ADMINISTRATOR, token }, ...tokens];
  if (all.length === 0) {
    throw new TypeError(
      "Cannot create the bridge: token or tokens must be set. Without them no client can connect.",
    );
  }
  for (const { name, token, scopes = SCOPES, accounts } of all) {
    if (typeof token !== "string" || !TOKEN.test(token)) {
      throw new TypeError(
        `Cannot create the bridge: the token ${name} must have 1 to 512 letters, digits, - . _ and ~`,
      );
    }
    store.add({
      // The caller's tokens are the same at the next start, and so are their consumers.
      id: name,
      name,
      hash: hashToken(token),
      scopes: [...scopes],
      accounts: accounts === undefined ? "all" : [...accounts],
      createdAt: 0,
    });
  }
  return store;
}

/** Reads the accounts. Throws TypeError and RangeError; no message contains a password. */
export function accountsOf(
  { accounts }: EdgeOptions,
  maxAccounts?: number,
): MemoryAccountStore {
  const store = new MemoryAccountStore(maxAccounts);
  for (const account of accounts) store.put(recordOf(account));
  return store;
}

function recordOf(
  { uin, password, passwordMd5, nickname = "" }: EdgeAccount,
): AccountRecord {
  if ((password === undefined) === (passwordMd5 === undefined)) {
    throw new TypeError(
      `Cannot create the bridge: exactly one of password and passwordMd5 must be given for ${uin}`,
    );
  }
  return {
    uin,
    passwordMd5: passwordMd5?.toLowerCase() ?? md5Hex(password!),
    nickname,
    wanted: "in",
  };
}

/** Reads how long events are kept. Throws RangeError. */
export function retentionOf({ retention = {} }: EdgeOptions): Retention {
  const { days, bytes } = { ...RETENTION, ...retention };
  for (const [name, value] of [["days", days], ["bytes", bytes]] as const) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new RangeError(
      `Cannot create the bridge: retention.${name} must be a whole number above 0, got ${value}`,
    );
  }
  return { days, bytes };
}

/** Reads the metrics. Throws TypeError. */
export function metricsOf(
  { metrics }: EdgeOptions,
): MetricsSource | undefined {
  if (metrics === undefined || "watch" in metrics) {
    return metrics as MetricsSource | undefined;
  }
  throw new TypeError(
    "Cannot create the bridge: metrics must be made by createMetrics of ./metrics",
  );
}

/** Returns the transport, and the function that closes it if the options did not bring it. */
export function transportOf(
  { endpoint }: EdgeOptions,
): { transport: Transport; close(): void } {
  if (typeof endpoint === "function") {
    return { transport: new AnswerTransport(endpoint), close() {} };
  }
  if (typeof endpoint === "string" || endpoint instanceof URL) {
    const transport = new FetchTransport(endpoint);
    return { transport, close: () => transport.close() };
  }
  return { transport: endpoint, close() {} };
}
