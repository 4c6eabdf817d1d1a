/** Commands of the bridge: parameters, result and scope of each. @module */

import type {
  AckAnswer,
  AddAnswer,
  CommandName,
  Sex,
  Status,
} from "../protocol/codes.ts";
import type { OnlineFriend, Person } from "../protocol/pages.ts";
import type { Profile } from "../protocol/profile.ts";
import type { AccountState, EventFrame } from "./events.ts";
import type { AccountDetails, ConsumerInfo } from "./frames.ts";
import type {
  ConversationInfo,
  FriendRequestInfo,
  KnownPersonInfo,
} from "./inbox.ts";
import type { ConnectionKind, OpenConnectionInfo } from "./connections.ts";
import type { TargetChange, TargetInfo } from "./targets.ts";

/**
 * Parameters and result of each command, by the command's name.
 *
 * @category Frames
 */
export interface BridgeCommands {
  /** Sends a message; `seq` is the position of its `message.sent` event. */
  send: { params: { to: string; text: string }; data: { seq: number } };
  /** Returns the QQ numbers of all friends. */
  friends: { params: Record<string, never>; data: { friends: string[] } };
  /** Returns the friends that are online now. */
  onlineFriends: {
    params: Record<string, never>;
    data: { friends: OnlineFriend[] };
  };
  /** Returns the profile of a QQ number; `level` is 2 if absent. */
  profile: {
    params: { uin: string; level?: number };
    data: { profile: Profile; extra?: Record<string, string> };
  };
  /** Adds a friend, or sends a friend request with `reason` if the other wants one. */
  addFriend: {
    params: { uin: string; reason?: string };
    data: { answer: AddAnswer };
  };
  /** Answers a friend request, sends one if `answer` is `ask`, or takes it off the list of `requests` if it is `dismiss`. */
  answerRequest: {
    params: {
      uin: string;
      answer: AckAnswer | "dismiss";
      reason?: string;
    };
    data: Record<string, never>;
  };
  /** Removes a friend from the account's friend list. */
  removeFriend: { params: { uin: string }; data: Record<string, never> };
  /** Changes the presence that friends see. */
  setStatus: { params: { status: Status }; data: Record<string, never> };
  /** Searches people; an absent field matches everybody. */
  search: {
    params: { age?: number; sex?: Sex; province?: string };
    data: { people: Person[] };
  };
  /** Logs the account in, also after `logout`. */
  login: { params: Record<string, never>; data: { state: AccountState } };
  /** Logs the account out until `login`, also across restarts of the bridge. */
  logout: { params: Record<string, never>; data: { state: AccountState } };
  /** Sends any command of the QQ protocol, with its fields by wire code. */
  raw: {
    params: { cmd: CommandName | string; fields?: Record<string, string> };
    data: { fields: Record<string, string> };
  };
  /** Returns the accounts that the token may see, ascending by number. */
  accounts: {
    params: {
      /** Only accounts in these states. */
      states?: AccountState[];
      /** Only accounts whose number or nickname contains this text, upper and lower case alike. */
      text?: string;
      /** Only accounts after this number: `next` of the previous page. */
      after?: string;
      /** Maximum number of accounts, 1 to 500; all if absent. */
      limit?: number;
    };
    data: {
      accounts: AccountDetails[];
      /** Number of accounts in each state, of all that the token may see. */
      counts: Record<AccountState, number>;
      /** Number of the last account of this page; absent on the last page. */
      next?: string;
    };
  };
  /**
   * Returns events of the journal, newest last: of the account, or of all accounts
   * that the token reaches if the request names none. With `after` or `since` alone
   * it reads forwards, otherwise backwards.
   */
  history: {
    params: {
      /** Only events between the account and this QQ number. */
      with?: string;
      /** Only events with these names, each a name or the part before its dot. */
      events?: string[];
      /** Only events before this position. */
      before?: number;
      /** Only events after this position. */
      after?: number;
      /** Only events at or after this time, ISO 8601. */
      since?: string;
      /** Only events before this time, ISO 8601. */
      until?: string;
      /** Only events whose text contains this text, upper and lower case alike. */
      text?: string;
      /** Maximum number of events, 1 to 100; 100 if absent. */
      limit?: number;
    };
    data: {
      events: EventFrame[];
      /** Whether there may be further events in the direction of reading. */
      more: boolean;
      /** The account's events before this position are no longer kept; without an account, those of all. */
      oldest: number;
      /**
       * Positions that the call looked at, both included; nothing if `from` is above
       * `to`. A call looks at 20,000 events at most. To continue, pass `from` as
       * `before`, or `to` as `after` when reading forwards.
       */
      searched: { from: number; to: number };
    };
  };
  /** Returns the accounts' conversations, that of the last message or friend event first. */
  conversations: {
    params: {
      /** Only those of these accounts. */
      accounts?: string[];
      /** Only those with unread messages. */
      unread?: true;
      /** Only those whose last event is before this position: `next` of the previous page. */
      after?: number;
      /** Maximum number of conversations, 1 to 500; 100 if absent. */
      limit?: number;
    };
    data: {
      conversations: ConversationInfo[];
      /** Number of unread messages of each account that has a conversation; 1,000 of a conversation mean 1,000 or more. */
      unreadByAccount: Record<string, number>;
      /** Position of the last conversation of this page; absent on the last page. */
      next?: number;
    };
  };
  /** Marks messages as read, for all clients; `unread` is the number that is left. A mark never moves back. */
  markRead: {
    params: {
      /** QQ number of the other side; absent for all conversations of the account. */
      with?: string;
      /** Position up to which messages are read. */
      upTo: number;
    };
    data: { unread: number };
  };
  /** Returns the friend requests that wait for an answer, the newest first. */
  requests: {
    params: {
      /** Only those to these accounts. */
      accounts?: string[];
      /** Only those before this position: `next` of the previous page. */
      after?: number;
      /** Maximum number of requests, 1 to 500; 100 if absent. */
      limit?: number;
    };
    data: {
      requests: FriendRequestInfo[];
      /** Number of all requests that wait at these accounts. */
      total: number;
      /** Position of the last request of this page; absent on the last page. */
      next?: number;
    };
  };
  /**
   * Returns at once what the bridge knows of people. What it does not know is
   * looked up in the background, the last asked for first; `pending` counts these.
   */
  people: {
    params: {
      /** QQ numbers, at most 200; all friends of the account if absent. */
      uins?: string[];
    };
    data: { people: KnownPersonInfo[]; pending: number };
  };
  /** Returns the token's open connections, sorted by id. A token that manages all accounts sees those of all tokens. */
  connections: {
    params: {
      /** Only connections of the token with this name or id. */
      token?: string;
      /** Only connections of this kind. */
      kind?: ConnectionKind;
      /** Only connections after this id: `next` of the previous page. */
      after?: string;
      /** Maximum number of connections, 1 to 500; 100 if absent. */
      limit?: number;
    };
    data: {
      connections: OpenConnectionInfo[];
      /** Number of all connections that match. */
      total: number;
      /** Id of the last connection of this page; absent on the last page. */
      next?: string;
    };
  };
  /** Closes a connection with code 1012, so that its client connects again. To keep it out, revoke its token. */
  disconnect: {
    params: { connection: string };
    data: Record<string, never>;
  };
  /** Returns the token's consumers, sorted by id. A token that manages all accounts sees those of all tokens. */
  consumers: {
    params: {
      /** Only consumers of the token with this name or id. */
      token?: string;
      /** Only consumers after this id: `next` of the previous page. */
      after?: string;
      /** Maximum number of consumers, 1 to 500; 100 if absent. */
      limit?: number;
    };
    data: {
      consumers: ConsumerInfo[];
      /** Id of the last consumer of this page; absent on the last page. */
      next?: string;
    };
  };
  /**
   * Moves a consumer that is not connected. `position` is a position, `oldest` for
   * everything that is kept, or `head` for new events only. Its client resumes
   * there, if it resumes by name.
   */
  setConsumer: {
    params: { id: string; position: number | "oldest" | "head" };
    data: { position: number };
  };
  /** Removes a consumer that is not connected, with its position. */
  removeConsumer: { params: { id: string }; data: Record<string, never> };
  /** Returns the targets, sorted by id. Needs a token that reaches all accounts. */
  targets: {
    params: {
      /** Only targets after this id: `next` of the previous page. */
      after?: string;
      /** Maximum number of targets, 1 to 500; 100 if absent. */
      limit?: number;
    };
    data: {
      targets: TargetInfo[];
      /** Id of the last target of this page; absent on the last page. */
      next?: string;
    };
  };
  /** Adds or changes a target and tries it at once. Needs a token that reaches all accounts. */
  setTarget: { params: TargetChange; data: { id: string } };
  /** Removes a target with its positions. Needs a token that reaches all accounts. */
  removeTarget: { params: { id: string }; data: Record<string, never> };
  /** Returns the effective settings of the program. Needs a token that reaches all accounts. */
  settings: {
    params: Record<string, never>;
    data: {
      version: string;
      /** Start of the program, ISO 8601. */
      startedAt: string;
      settings: SettingInfo[];
    };
  };
  /** Changes a live setting until the next start. Needs a token that reaches all accounts. */
  setSetting: {
    params: { name: string; value: string };
    data: { value: string };
  };
  /** Returns what the bridge has measured since its start. Needs a token that reaches all accounts. */
  figures: {
    params: {
      /** Only series with these names, each a name or the part before its dot. */
      names?: string[];
      /** Steps of 1 s, 10 s or 60 s; `10m` if absent. */
      range?: "10m" | "2h" | "24h";
      /** Only values since this time, ISO 8601. */
      since?: string;
    };
    data: {
      /** Time of the first value of each series, ISO 8601. */
      from: string;
      /** Time between two values, in milliseconds. */
      stepMs: number;
      /** By name: that of the metric without `tqq_`, and a label or `p50` after a dot. */
      series: Record<string, FigureSeries>;
    };
  };
  /** Checks the connection; `at` is the time at the bridge, ISO 8601. */
  ping: { params: Record<string, never>; data: { at: string } };
  /** Adds an account to the bridge, and to the embedded server if there is one. Fails with `already_exists` if it exists. */
  addAccount: {
    params: {
      uin: string;
      password: string;
      nickname?: string;
      policy?: "anybody" | "verify" | "nobody";
    };
    data: Record<string, never>;
  };
  /** Changes an account; what is absent stays. */
  changeAccount: {
    params: {
      uin: string;
      password?: string;
      nickname?: string;
      policy?: "anybody" | "verify" | "nobody";
    };
    data: Record<string, never>;
  };
  /** Removes an account from the bridge, and from the embedded server if there is one. */
  removeAccount: { params: { uin: string }; data: Record<string, never> };
  /** Returns the valid tokens, sorted by name. A token without all accounts sees those that were created under it. */
  tokens: {
    params: {
      /** Whether to return revoked and expired tokens too. */
      revoked?: boolean;
      /** Only tokens after this one: `next` of the previous page. */
      after?: string;
      /** Maximum number of tokens, 1 to 500; 100 if absent. */
      limit?: number;
    };
    data: {
      tokens: TokenInfo[];
      /** For `after` of the next page; absent on the last page. */
      next?: string;
    };
  };
  /** Creates a token. Only this result contains its text. */
  createToken: {
    params: {
      name: string;
      scopes?: Scope[];
      accounts?: string[];
      /** Name of the consumer of its connections that receive events and name none; no consumer if absent. */
      consumer?: string;
      /** Time from which the token is invalid, ISO 8601; never if absent. */
      expiresAt?: string;
    };
    data: { token: string; id: string };
  };
  /** Revokes a token, by id or by name, and all that were created under it; their connections are closed within 60 s. */
  revokeToken: {
    params: { id?: string; name?: string };
    data: Record<string, never>;
  };
}

/**
 * A token, as the command `tokens` lists it.
 *
 * @category Frames
 */
export interface TokenInfo {
  /** Random id, to which the token's consumers and keys belong. */
  id: string;
  /** Label of the token, unique among valid tokens. */
  name: string;
  /** What the token may do. */
  scopes: Scope[];
  /** QQ numbers of the accounts that the token reaches, or `all`. */
  accounts: "all" | string[];
  /** Consumer of its connections that receive events and name none. */
  consumer?: string;
  /** Time of creation, ISO 8601. */
  createdAt: string;
  /** Id of the token that created it; absent for the token of the first start. */
  createdBy?: string;
  /** Time from which the token is invalid, ISO 8601; absent for never. */
  expiresAt?: string;
  /** Time of revocation, ISO 8601; absent if the token was not revoked. */
  revokedAt?: string;
  /** When the token was used last, ISO 8601; absent if it never was. Kept to a minute over restarts. */
  lastUsedAt?: string;
  /** Address of the client that used it last; absent if it is not known. */
  lastAddress?: string;
  /** Number of its open connections. */
  connections: number;
}

/**
 * A setting, as the command `settings` lists it.
 *
 * @category Frames
 */
export interface SettingInfo {
  /** Name of the setting, as in a configuration file. */
  name: string;
  /** The effective value; `set` or `not set` for a secret. */
  value: string;
  /** Where the value is from. */
  from: "default" | "file" | "environment" | "flag" | "runtime";
  /** Whether `setSetting` can change it. */
  live: boolean;
}

/**
 * A series of the command `figures`.
 *
 * @category Frames
 */
export interface FigureSeries {
  /** Unit of the values. Counters are rates per second. */
  unit: "1/s" | "bytes/s" | "s" | "bytes" | "count";
  /** A value for each step; null where nothing was measured. */
  values: (number | null)[];
}

/**
 * The name of a command of the bridge.
 *
 * @category Frames
 */
export type BridgeCommandName = keyof BridgeCommands;

/**
 * Scopes of a token. `send` and `manage` do not include `read`.
 *
 * @category Frames
 */
export const SCOPES = ["read", "send", "manage"] as const;

/**
 * One of the {@linkcode SCOPES} of a token.
 *
 * @category Frames
 */
export type Scope = typeof SCOPES[number];

/** The commands that change nothing, for a program that needs no more of the table. */
export const READING_COMMANDS = [
  "friends",
  "onlineFriends",
  "profile",
  "search",
  "accounts",
  "history",
  "connections",
  "consumers",
  "ping",
  "figures",
  "conversations",
  "requests",
  "people",
] as const satisfies readonly BridgeCommandName[];

/**
 * The scope that a token needs for each command.
 *
 * @category Frames
 */
export const COMMAND_SCOPES: Readonly<Record<BridgeCommandName, Scope>> =
  /* @__PURE__ */ commandScopes();

function commandScopes(): typeof COMMAND_SCOPES {
  const reading = {} as Record<typeof READING_COMMANDS[number], "read">;
  for (const name of READING_COMMANDS) reading[name] = "read";
  return {
    ...reading,
    send: "send",
    markRead: "send",
    addFriend: "manage",
    answerRequest: "manage",
    removeFriend: "manage",
    setStatus: "manage",
    login: "manage",
    logout: "manage",
    raw: "manage",
    addAccount: "manage",
    changeAccount: "manage",
    targets: "manage",
    setTarget: "manage",
    removeTarget: "manage",
    removeAccount: "manage",
    tokens: "manage",
    createToken: "manage",
    revokeToken: "manage",
    removeConsumer: "manage",
    disconnect: "manage",
    settings: "manage",
    setSetting: "manage",
    setConsumer: "manage",
  };
}
