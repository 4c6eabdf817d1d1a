/** How a bridge of the edge is made. @module */

import type { Answerer } from "../../lib/server/mod.ts";
import {
  FetchTransport,
  type Limits,
  md5Hex,
  type Scope,
  SCOPES,
  type Transport,
} from "../../mod.ts";
import type { AccountRecord } from "../upstream/account_store.ts";
import { AnswerTransport } from "../upstream/answer_transport.ts";
import { MemoryAccountStore } from "../upstream/account_store.ts";
import {
  ADMINISTRATOR,
  hashToken,
  MemoryTokenStore,
} from "../access/token_store.ts";

/** An account that the bridge logs in. */
export interface EdgeAccount {
  /** The QQ number. */
  uin: string;
  /** The password; only its MD5 is kept. Either this or `passwordMd5`. */
  password?: string;
  /** The password's MD5, 32 hex digits. */
  passwordMd5?: string;
  /** The nickname. @default {what the server says} */
  nickname?: string;
}

/** A token that opens the bridge. */
export interface EdgeToken {
  /** Its name: it appears in errors, the token never does. */
  name: string;
  /** The token: 1 to 512 letters, digits, `-`, `.`, `_` and `~`. */
  token: string;
  /** What may be done with it. @default {all} */
  scopes?: readonly Scope[];
  /** On which accounts. @default {all} */
  accounts?: readonly string[];
}

/** How {@linkcode createBridge} makes a bridge. */
export interface EdgeOptions {
  /** The accounts that it logs in. */
  accounts: readonly EdgeAccount[];
  /**
   * The QQ server: its URL, a transport of your own, or the `answer` of an
   * embedded server in the same process.
   */
  endpoint: string | URL | Transport | Answerer;
  /** Where events are kept: in memory, for as long as the process lives. @default {"memory"} */
  journal?: "memory";
  /** Most events that the journal keeps; beyond, the oldest go. @default {100000} */
  journalEvents?: number;
  /** The token that opens everything. This or `tokens` must be given. */
  token?: string;
  /** Tokens that open less. */
  tokens?: readonly EdgeToken[];
  /** Origins, besides its own, whose pages may call: `https://example.org`. @default {none} */
  allowOrigins?: readonly string[];
  /** Names under which it is reached: a request for another Host is refused. @default {any} */
  hosts?: readonly string[];
  /** Most WebSockets and event streams at a time; one more is refused. @default {1000} */
  connections?: number;
  /** Limits of a connection, where they are to be others. */
  limits?: Partial<
    Omit<
      Limits,
      // The platform in front has the heads, and knows who is who.
      "connections" | "connectionsPerAddress" | "connectionsPerToken" | "headMs"
    >
  >;
  /**
   * Whether SIGTERM and SIGINT stop the bridge once it was started, where the
   * platform has signals. Afterwards the signal is raised again, so that the
   * process ends as it would have without a bridge. `false` is for a program
   * that calls `stop()` at signals itself.
   *
   * @default {true}
   */
  signals?: boolean;
  /** Is told of what should not happen. @default {console.error} */
  onError?: (error: unknown) => void;
}

/** A token that can stand in a header and a URL. */
const TOKEN = /^[\w.~-]{1,512}$/;

/** The tokens of the options. Throws TypeError and RangeError; no message holds a token. */
export function tokensOf(
  { token, tokens = [] }: EdgeOptions,
): MemoryTokenStore {
  const store = new MemoryTokenStore();
  const all: EdgeToken[] = token === undefined
    ? [...tokens]
    : [{ name: ADMINISTRATOR, token }, ...tokens];
  if (all.length === 0) {
    throw new TypeError(
      "Cannot make a bridge: token or tokens must be given: it opens to nobody without",
    );
  }
  for (const { name, token, scopes = SCOPES, accounts } of all) {
    if (typeof token !== "string" || !TOKEN.test(token)) {
      throw new TypeError(
        `Cannot make a bridge: the token ${name} must have 1 to 512 letters, digits, - . _ and ~`,
      );
    }
    store.add({
      name,
      hash: hashToken(token),
      scopes: [...scopes],
      accounts: accounts === undefined ? "all" : [...accounts],
      createdAt: 0,
    });
  }
  return store;
}

/** The accounts of the options. Throws TypeError and RangeError; no message holds a password. */
export function accountsOf({ accounts }: EdgeOptions): MemoryAccountStore {
  const store = new MemoryAccountStore();
  for (const account of accounts) store.put(recordOf(account));
  return store;
}

function recordOf(
  { uin, password, passwordMd5, nickname = "" }: EdgeAccount,
): AccountRecord {
  if ((password === undefined) === (passwordMd5 === undefined)) {
    throw new TypeError(
      `Cannot make a bridge: exactly one of password and passwordMd5 must be given for ${uin}`,
    );
  }
  return {
    uin,
    passwordMd5: passwordMd5?.toLowerCase() ?? md5Hex(password!),
    nickname,
    wanted: "in",
  };
}

/** The way to the server, and its end where it is ours. */
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
