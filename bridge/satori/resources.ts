/** Satori's resources, made from those of QQ. @module */

import { type AccountInfo, type AccountState, isQqNumber } from "../../mod.ts";
import type { MessageFrame } from "../endpoint/message_pages.ts";
import { escapeText } from "./elements.ts";

export const PLATFORM = "qq";

export const ADAPTER = "tqq";

export const LOGIN_STATUSES = {
  offline: 0,
  online: 1,
  connect: 2,
  disconnect: 3,
  reconnect: 4,
} as const;

/** A private conversation, the only kind there is. */
export const DIRECT_CHANNEL = 1;

export interface User {
  readonly id: string;
  /** Nickname; absent if unknown. */
  readonly name?: string;
}

export interface Channel {
  /** `private:` and the QQ number of the other side. */
  readonly id: string;
  readonly type: typeof DIRECT_CHANNEL;
  /** Nickname of the other side; absent if unknown. */
  readonly name?: string;
}

export interface Message {
  /** Its position in the journal, which never changes. */
  readonly id: string;
  readonly content: string;
  readonly channel?: Channel;
  readonly user?: User;
  /** When the bridge received it, in milliseconds since 1970; QQ sends no time. */
  readonly created_at?: number;
  /** Of a message just sent: names of the elements that text replaces, if there are any. */
  readonly replaced?: readonly string[];
}

/** An account in an event. */
export interface EventLogin {
  /** Number of the login; the QQ number. */
  readonly sn: number;
  readonly platform: typeof PLATFORM;
  readonly user: User;
}

/** An account, with its state and what it can do. */
export interface Login extends EventLogin {
  readonly adapter: typeof ADAPTER;
  readonly status: number;
  readonly features: readonly string[];
}

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

export function userOf(uin: string, nickname = ""): User {
  return nickname === "" ? { id: uin } : { id: uin, name: nickname };
}

export function channelOf(uin: string, nickname = ""): Channel {
  const channel = { id: `private:${uin}`, type: DIRECT_CHANNEL } as const;
  return nickname === "" ? channel : { ...channel, name: nickname };
}

/** Returns the QQ number in the id of a channel; `undefined` if the id is invalid. */
export function uinOfChannel(id: string): string | undefined {
  const [kind, uin, ...rest] = id.split(":");
  const isChannel = kind === "private" && isQqNumber(uin) && rest.length === 0;
  return isChannel ? uin : undefined;
}

export function eventLogin(uin: string, nickname = ""): EventLogin {
  return { sn: Number(uin), platform: PLATFORM, user: userOf(uin, nickname) };
}

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

export function messageOf(frame: MessageFrame): Message {
  return {
    id: String(frame.seq),
    content: escapeText(frame.data.text),
    created_at: Date.parse(frame.at),
  };
}

/** A penalised account counts as online, because it still receives its mail. */
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
