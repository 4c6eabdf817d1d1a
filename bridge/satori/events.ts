/** Converts the bridge's events to Satori's. @module */

import {
  type EventData,
  type EventFrame,
  type GapFrame,
  isQqNumber,
} from "../../mod.ts";
import { escapeText } from "./elements.ts";
import type { LoginChange } from "./logins.ts";
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

/** Body of an EVENT. */
export interface SatoriEvent {
  /** Position in the journal, after which a client resumes. */
  readonly sn: number;
  readonly type: string;
  /** In milliseconds since 1970. */
  readonly timestamp: number;
  readonly login: EventLogin | Login;
  readonly channel?: Channel;
  readonly user?: User;
  readonly message?: Message;
  readonly friend?: { readonly user: User };
  /** Native name with the prefix `qq/`, if no event of Satori says everything. */
  readonly _type?: string;
  readonly _data?: unknown;
}

/** Returns whose nickname an event needs; `undefined` if it needs none. */
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

/** Any event except those that change a login. */
export type PlainFrame = Exclude<
  EventFrame,
  { event: "account.state" | "account.removed" }
>;

/**
 * Converts an event.
 *
 * @param nickname Nickname of {@linkcode personOf}; empty if unknown.
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
      // As `message-created`, a bot might answer its own messages.
      return { ...head, type: "internal", ...native(frame) };
  }
}

/** Creates the event of a change of a login. */
export function loginEvent(
  sn: number,
  timestamp: number,
  type: LoginChange["type"],
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

/** Creates the event of a gap, for which Satori has none. */
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
 * Creates the event that gives a client without events its position, so that it
 * misses nothing if it disconnects before the first one.
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

/** Returns the id of a friend request, which is the same on replay. */
export function requestIdOf(from: string, seq: number): string {
  return `${from}:${seq}`;
}

/** Returns the QQ number in the id of a friend request; `undefined` if the id is invalid. */
export function uinOfRequest(id: string): string | undefined {
  const [from, seq = "", ...rest] = id.split(":");
  const isId = isQqNumber(from) && /^\d{1,16}$/.test(seq) && rest.length === 0;
  return isId ? from : undefined;
}

/** Native names of the bridge's events. */
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
