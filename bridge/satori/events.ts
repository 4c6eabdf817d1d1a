/** The bridge's events as Satori's. @module */

import {
  type EventData,
  type EventFrame,
  type GapFrame,
  isQqNumber,
} from "../../mod.ts";
import { escapeText } from "./elements.ts";
import {
  type Channel,
  channelOf,
  type EventLogin,
  eventLogin,
  type Login,
  type Message,
  messageOf,
  type User,
  userOf,
} from "./resources.ts";

/** What an EVENT carries. */
export interface SatoriEvent {
  /** The place in the journal: what a client resumes behind. */
  readonly sn: number;
  /** What happened. */
  readonly type: string;
  /** When, in milliseconds. */
  readonly timestamp: number;
  /** Whose event. */
  readonly login: EventLogin | Login;
  /** The conversation. */
  readonly channel?: Channel;
  /** The other. */
  readonly user?: User;
  /** The message, or the request. */
  readonly message?: Message;
  /** The new friend. */
  readonly friend?: { readonly user: User };
  /** The native name, with `qq/` before it, where Satori has none that says it all. */
  readonly _type?: string;
  /** The native data. */
  readonly _data?: unknown;
}

/** Whose name an event needs; undefined where it needs nobody's. */
export function personOf(frame: EventFrame): string | undefined {
  switch (frame.event) {
    case "message":
    case "message.stranger":
    case "friend.request":
    case "friend.added":
    case "friend.accepted":
      return frame.data.from;
    default:
      return undefined;
  }
}

/** Any event but that of an account's state. */
export type PlainFrame = Exclude<EventFrame, { event: "account.state" }>;

/**
 * The event that a frame makes.
 *
 * @param nickname The nickname of {@linkcode personOf}; empty where it is not known.
 */
export function satoriEvent(frame: PlainFrame, nickname = ""): SatoriEvent {
  const head = {
    sn: frame.seq,
    timestamp: Date.parse(frame.at),
    login: eventLogin(frame.account),
  };
  switch (frame.event) {
    case "message":
    case "message.stranger":
      return {
        ...head,
        type: "message-created",
        channel: channelOf(frame.data.from, nickname),
        user: userOf(frame.data.from, nickname),
        message: messageOf(frame),
        ...(frame.event === "message" ? {} : native(frame)),
      };
    case "friend.request":
      return {
        ...head,
        type: "friend-request",
        user: userOf(frame.data.from, nickname),
        message: {
          id: requestIdOf(frame.data.from, frame.seq),
          content: escapeText(frame.data.text),
        },
      };
    case "friend.added":
    case "friend.accepted": {
      const user = userOf(frame.data.from, nickname);
      return {
        ...head,
        type: "friend-added",
        user,
        friend: { user },
        ...native(frame),
      };
    }
    case "message.sent":
    case "friend.refused":
    case "presence":
    case "unknown":
      // A bot that was told of its own messages might answer them.
      return { ...head, type: "internal", ...native(frame) };
  }
}

/** What a login does now. */
export function loginEvent(
  sn: number,
  timestamp: number,
  type: "login-added" | "login-updated" | "login-removed",
  login: Login,
  state?: EventData["account.state"],
): SatoriEvent {
  return {
    sn,
    type,
    timestamp,
    login,
    ...(state === undefined ? {} : { _type: "qq/account-state", _data: state }),
  };
}

/** Tells what a client has missed for good; Satori has nothing for it. */
export function gapEvent(
  sn: number,
  timestamp: number,
  account: string,
  { from, to, reason }: GapFrame,
): SatoriEvent {
  return {
    sn,
    type: "internal",
    timestamp,
    login: eventLogin(account),
    _type: "qq/gap",
    _data: { from, to, reason },
  };
}

/**
 * Tells a client that has no event yet where it stands: cut off before the first
 * one, it comes back from there, and misses nothing.
 */
export function positionEvent(
  sn: number,
  timestamp: number,
  account: string,
): SatoriEvent {
  return {
    sn,
    type: "internal",
    timestamp,
    login: eventLogin(account),
    _type: "qq/place",
    _data: {},
  };
}

/** The id of a friend request: the same on replay, and all that an answer needs. */
export function requestIdOf(from: string, seq: number): string {
  return `${from}:${seq}`;
}

/** Who asked; undefined where an id is none. */
export function uinOfRequest(id: string): string | undefined {
  const [from, seq = "", ...rest] = id.split(":");
  const isId = isQqNumber(from) && /^\d{1,16}$/.test(seq) && rest.length === 0;
  return isId ? from : undefined;
}

/** Native names, by the events' own. */
export const NATIVE_TYPES = {
  "message.stranger": "qq/message-stranger",
  "message.sent": "qq/message-sent",
  "friend.added": "qq/friend-added",
  "friend.accepted": "qq/friend-accepted",
  "friend.refused": "qq/friend-refused",
  "presence": "qq/friend-status",
  "unknown": "qq/unknown",
} as const;

function native(
  { event, data }: Extract<EventFrame, { event: keyof typeof NATIVE_TYPES }>,
): { _type: string; _data: unknown } {
  return { _type: NATIVE_TYPES[event], _data: data };
}
