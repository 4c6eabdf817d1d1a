/** Satori's resources, as QQ has them. @module */

import { type AccountInfo, type AccountState, isQqNumber } from "../../mod.ts";
import type { MessageFrame } from "../endpoint/message_pages.ts";
import { escapeText } from "./elements.ts";

/** The platform's name. */
export const PLATFORM = "qq";

/** The adapter's name. */
export const ADAPTER = "tqq";

/** What a login is doing. */
export const LOGIN_STATUSES = {
  offline: 0,
  online: 1,
  connect: 2,
  disconnect: 3,
  reconnect: 4,
} as const;

/** A private conversation, the only kind there is. */
export const DIRECT_CHANNEL = 1;

/** Somebody. */
export interface User {
  /** The QQ number. */
  readonly id: string;
  /** The nickname; absent where it is not known. */
  readonly name?: string;
}

/** A conversation. */
export interface Channel {
  /** `private:` and the other's QQ number. */
  readonly id: string;
  /** See {@linkcode DIRECT_CHANNEL}. */
  readonly type: typeof DIRECT_CHANNEL;
  /** The other's nickname; absent where it is not known. */
  readonly name?: string;
}

/** A message. */
export interface Message {
  /** Its place in the journal: the same for ever. */
  readonly id: string;
  /** The text, escaped. */
  readonly content: string;
  /** The conversation. */
  readonly channel?: Channel;
  /** Who wrote it. */
  readonly user?: User;
  /** When the bridge had it, in milliseconds: QQ tells no time. */
  readonly created_at?: number;
  /** Of a message just sent: the names of the elements that text stands for, if there are any. */
  readonly replaced?: readonly string[];
}

/** An account, as events carry it. */
export interface EventLogin {
  /** Tells logins apart. */
  readonly sn: number;
  /** See {@linkcode PLATFORM}. */
  readonly platform: typeof PLATFORM;
  /** The account; also while it is not online. */
  readonly user: User;
}

/** An account. */
export interface Login extends EventLogin {
  /** See {@linkcode ADAPTER}. */
  readonly adapter: typeof ADAPTER;
  /** See {@linkcode LOGIN_STATUSES}. */
  readonly status: number;
  /** The methods that it takes. */
  readonly features: readonly string[];
}

/** The methods that a login takes. */
export const FEATURES: readonly string[] = [
  "message.create",
  "message.get",
  "message.list",
  "channel.get",
  "user.get",
  "user.channel.create",
  "friend.list",
  "friend.delete",
  "friend.approve",
  "login.get",
];

/** Somebody whose nickname may be known. */
export function userOf(uin: string, nickname = ""): User {
  return nickname === "" ? { id: uin } : { id: uin, name: nickname };
}

/** The conversation with somebody. */
export function channelOf(uin: string, nickname = ""): Channel {
  const channel = { id: `private:${uin}`, type: DIRECT_CHANNEL } as const;
  return nickname === "" ? channel : { ...channel, name: nickname };
}

/** The other's number of a conversation; undefined where it is none. */
export function uinOfChannel(id: string): string | undefined {
  const [kind, uin, ...rest] = id.split(":");
  const isChannel = kind === "private" && isQqNumber(uin) && rest.length === 0;
  return isChannel ? uin : undefined;
}

/** The account of an event. */
export function eventLogin(uin: string, nickname = ""): EventLogin {
  return { sn: Number(uin), platform: PLATFORM, user: userOf(uin, nickname) };
}

/** An account. */
export function loginOf(
  { uin, nickname, state }: Pick<AccountInfo, "uin" | "nickname" | "state">,
): Login {
  return {
    ...eventLogin(uin, nickname),
    adapter: ADAPTER,
    status: statusOf(state),
    features: FEATURES,
  };
}

/** The message of an event. */
export function messageOf(frame: MessageFrame): Message {
  return {
    id: String(frame.seq),
    content: escapeText(frame.data.text),
    created_at: Date.parse(frame.at),
  };
}

/** A pause that the server wants is no end: the account still gets its mail. */
function statusOf(state: AccountState): number {
  switch (state) {
    case "online":
    case "penalised":
      return LOGIN_STATUSES.online;
    case "connecting":
      return LOGIN_STATUSES.connect;
    case "offline":
    case "refused":
    case "replaced":
      return LOGIN_STATUSES.offline;
  }
}
