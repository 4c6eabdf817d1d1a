/** The commands of the bridge's frames: what each takes and gives, and who may. @module */

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
import type { AccountInfo, ConsumerInfo } from "./frames.ts";

/** Parameters and result of each command, by its name. */
export interface BridgeCommands {
  /** Sends a message; `seq` is that of its `message.sent` event. */
  send: { params: { to: string; text: string }; data: { seq: number } };
  /** The friend list. */
  friends: { params: Record<string, never>; data: { friends: string[] } };
  /** The friends that are online. */
  onlineFriends: {
    params: Record<string, never>;
    data: { friends: OnlineFriend[] };
  };
  /** Somebody's profile; level 2 unless said. */
  profile: {
    params: { uin: string; level?: number };
    data: { profile: Profile; extra?: Record<string, string> };
  };
  /** Adds a friend, or asks to, with the reason. */
  addFriend: {
    params: { uin: string; reason?: string };
    data: { answer: AddAnswer };
  };
  /** Answers a request, or asks to be added. */
  answerRequest: {
    params: { uin: string; answer: AckAnswer; reason?: string };
    data: Record<string, never>;
  };
  /** Removes a friend from the account's list. */
  removeFriend: { params: { uin: string }; data: Record<string, never> };
  /** Changes the account's presence. */
  setStatus: { params: { status: Status }; data: Record<string, never> };
  /** Searches people. */
  search: {
    params: { age?: number; sex?: Sex; province?: string };
    data: { people: Person[] };
  };
  /** Logs the account in, also after `logout`. */
  login: { params: Record<string, never>; data: { state: AccountState } };
  /** Logs the account out; it stays out until `login`, also after a restart. */
  logout: { params: Record<string, never>; data: { state: AccountState } };
  /** Any command of the QQ protocol with its fields. */
  raw: {
    params: { cmd: CommandName | string; fields?: Record<string, string> };
    data: { fields: Record<string, string> };
  };
  /** The accounts that the token may see. */
  accounts: {
    params: Record<string, never>;
    data: { accounts: AccountInfo[] };
  };
  /** Events of the journal, newest last; `more` tells whether there are older ones. */
  history: {
    params: {
      /** Only what passed between the account and this number. */
      with?: string;
      /** Only what stands before this place. */
      before?: number;
      /** Most events wanted. */
      limit?: number;
    };
    data: { events: EventFrame[]; more: boolean };
  };
  /** The consumers of the token, by id; of all tokens for one that manages all accounts. */
  consumers: {
    params: {
      /** Only those of the token with this name. */
      token?: string;
      /** Only those behind this id: `next` of the answer before. */
      after?: string;
      /** Most consumers wanted, 1 to 500; 100 if absent. */
      limit?: number;
    };
    data: {
      consumers: ConsumerInfo[];
      /** Absent if there are no more. */
      next?: string;
    };
  };
  /** Forgets a consumer that no connection holds: its name is free, its position gone. */
  removeConsumer: { params: { id: string }; data: Record<string, never> };
  /** Tells that the bridge is there. */
  ping: { params: Record<string, never>; data: { at: string } };
  /** Adds an account to the bridge, and to the embedded server. */
  addAccount: {
    params: {
      uin: string;
      password: string;
      nickname?: string;
      policy?: "anybody" | "verify" | "nobody";
    };
    data: Record<string, never>;
  };
  /** Removes an account from the bridge, and from the embedded server. */
  removeAccount: { params: { uin: string }; data: Record<string, never> };
  /** Makes a token; its text is told this once. */
  createToken: {
    params: { name: string; scopes?: Scope[]; accounts?: string[] };
    data: { token: string };
  };
  /** Ends a token; its connections are closed within 60 s. */
  revokeToken: { params: { name: string }; data: Record<string, never> };
}

/** The name of a command. */
export type BridgeCommandName = keyof BridgeCommands;

/** What a token may do. `send` and `manage` do not include `read`. */
export const SCOPES = ["read", "send", "manage"] as const;

/** See {@linkcode SCOPES}. */
export type Scope = typeof SCOPES[number];

/** The scope that each command needs. */
export const COMMAND_SCOPES: Readonly<Record<BridgeCommandName, Scope>> = {
  friends: "read",
  onlineFriends: "read",
  profile: "read",
  search: "read",
  accounts: "read",
  history: "read",
  consumers: "read",
  ping: "read",
  send: "send",
  addFriend: "manage",
  answerRequest: "manage",
  removeFriend: "manage",
  setStatus: "manage",
  login: "manage",
  logout: "manage",
  raw: "manage",
  addAccount: "manage",
  removeAccount: "manage",
  createToken: "manage",
  revokeToken: "manage",
  removeConsumer: "manage",
};
