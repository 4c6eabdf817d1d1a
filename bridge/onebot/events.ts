/** Converts the bridge's events to OneBot's. No I/O. @module */

import {
  type AccountState,
  EVENT_NAMES,
  type EventFrame,
  type EventName,
  type GapFrame,
  isQqNumber,
} from "../../mod.ts";
import { namesOf } from "../hub/subscription.ts";
import { encodeCq, type Segment, segmentsOf } from "./message.ts";
import { messageIdOf } from "./message_id.ts";
import {
  type CachedProfile,
  UNKNOWN_PROFILE,
} from "../endpoint/profile_cache.ts";

/** Fields of all events. */
interface EventHead {
  /** In seconds since 1970. */
  readonly time: number;
  readonly self_id: number;
  readonly post_type:
    | "message"
    | "message_sent"
    | "notice"
    | "request"
    | "meta_event";
}

/** An event of OneBot. `epoch` and `seq`, if present, are its position in the journal. */
export type OneBotEvent = EventHead & Readonly<Record<string, unknown>>;

/** State of an account in heartbeats and `get_status`. */
export interface AccountStatus {
  /** Whether the account is logged in. */
  readonly online: boolean;
  /** Whether the account and the bridge work. */
  readonly good: boolean;
  /** State in the bridge's own terms. */
  readonly state: AccountState;
}

/** A message in `message` events and in the answer of `get_msg`. */
export interface MessageBody {
  readonly post_type: "message";
  /** QQ HTTP has no groups. */
  readonly message_type: "private";
  /** `other` from a stranger. */
  readonly sub_type: "friend" | "other";
  readonly message_id: number;
  readonly user_id: number;
  readonly message: Segment[];
  readonly message_format: "array";
  /** Text with the escapes of CQ codes. */
  readonly raw_message: string;
  readonly font: number;
  readonly sender: CachedProfile & { readonly user_id: number };
}

/** Events that every client gets. They do not include what the account itself sent. */
export const ONEBOT_EVENTS: ReadonlySet<EventName> = new Set(
  EVENT_NAMES.filter((name) => name !== "message.sent"),
);

export interface EventChoice {
  /** Names of the bridge's events, or the parts before their dots. @default all */
  readonly events?: readonly string[] | undefined;
  /** Whether messages that the account itself sent are included. @default {false} */
  readonly self?: boolean | undefined;
}

/** Returns the events that a client gets. */
export function chosenEvents(
  { events, self = false }: EventChoice,
): ReadonlySet<EventName> {
  const known: ReadonlySet<EventName> = self
    ? new Set<EventName>([...ONEBOT_EVENTS, "message.sent"])
    : ONEBOT_EVENTS;
  return events === undefined ? known : known.intersection(namesOf(events));
}

/** Parses `?events=` and `?self=`, or returns the rule that they break. */
export function parseEventChoice(
  query: URLSearchParams,
): EventChoice | { rule: string } {
  const events = query.get("events")?.split(",");
  const unknown = events?.find((one) => namesOf([one]).size === 0);
  if (unknown !== undefined) {
    return { rule: "events must be names of events, separated by commas" };
  }
  const self = query.get("self") ?? "false";
  if (self !== "true" && self !== "false") {
    return { rule: "self must be true or false" };
  }
  return { events, self: self === "true" };
}

/** Time between two heartbeats, in milliseconds. */
export const HEARTBEAT_MS = 15_000;

/** Returns who wrote a message; `undefined` for other events. */
export function senderOf(frame: EventFrame): string | undefined {
  switch (frame.event) {
    case "message":
    case "message.stranger":
      return frame.data.from;
    case "message.sent":
      return frame.account;
    default:
      return undefined;
  }
}

/**
 * Converts an event; `undefined` if OneBot has none for it.
 *
 * @param frame The bridge's event.
 * @param epoch Epoch of the journal; with `seq` it is the position that `since` takes.
 * @param sender Profile of {@linkcode senderOf}.
 */
export function oneBotEvent(
  frame: EventFrame,
  epoch: string,
  sender: CachedProfile = UNKNOWN_PROFILE,
): OneBotEvent | undefined {
  const head = { epoch, seq: frame.seq, ...headOf(frame) };
  switch (frame.event) {
    case "message":
    case "message.stranger":
      return { ...head, ...messageOf(frame, sender) };
    case "message.sent":
      return {
        ...head,
        ...messageOf(frame, sender),
        post_type: "message_sent",
        target_id: Number(frame.data.to),
      };
    case "presence":
      return {
        ...head,
        ...notify("friend_status"),
        user_id: Number(frame.data.from),
        status: frame.data.status,
      };
    case "friend.request":
      return {
        ...head,
        post_type: "request",
        request_type: "friend",
        user_id: Number(frame.data.from),
        comment: frame.data.text,
        flag: flagOf(frame.data.from, frame.seq),
      };
    case "friend.accepted":
    case "friend.added":
      return {
        ...head,
        post_type: "notice",
        notice_type: "friend_add",
        user_id: Number(frame.data.from),
        comment: frame.data.text,
        event: frame.event,
      };
    case "friend.refused":
      return {
        ...head,
        ...notify("friend_add_refused"),
        user_id: Number(frame.data.from),
        comment: frame.data.text,
      };
    case "account.state":
      return stateEvent(head, frame.data);
    case "account.removed":
      return {
        ...head,
        post_type: "notice",
        notice_type: "bot_offline",
        user_id: head.self_id,
        tag: "removed",
        message: "the account was removed from the bridge",
      };
    case "unknown":
      return { ...head, ...notify("unknown"), ...unknownOf(frame.data) };
  }
}

export function messageOf(
  { seq, event, account, data }: Extract<
    EventFrame,
    { event: "message" | "message.stranger" | "message.sent" }
  >,
  sender: CachedProfile,
): MessageBody {
  const user_id = Number("from" in data ? data.from : account);
  const message = segmentsOf(data.text);
  return {
    post_type: "message",
    message_type: "private",
    sub_type: event === "message.stranger" ? "other" : "friend",
    message_id: messageIdOf(seq),
    user_id,
    message,
    message_format: "array",
    raw_message: encodeCq(message),
    font: 0,
    sender: { user_id, ...sender },
  };
}

/** Creates the first frame of a connection, and the events by HTTP POST at start and end. */
export function lifecycle(
  account: string,
  now: number,
  sub_type: "connect" | "enable" | "disable",
): OneBotEvent {
  return { ...meta(account, now, "lifecycle"), sub_type };
}

/** Creates the event that shows that bridge and account work. */
export function heartbeat(
  account: string,
  now: number,
  status: AccountStatus,
): OneBotEvent {
  return {
    ...meta(account, now, "heartbeat"),
    status,
    interval: HEARTBEAT_MS,
  };
}

/** Creates the event of a gap, for which the standard has none. */
export function gapEvent(
  account: string,
  now: number,
  { epoch, from, to, reason }: GapFrame,
): OneBotEvent {
  return { ...meta(account, now, "gap"), epoch, from, to, reason };
}

/** Returns the flag of a friend request, which is the same on replay. */
export function flagOf(from: string, seq: number): string {
  return `${from}:${seq}`;
}

/** Returns the QQ number in the flag of a friend request; `undefined` if the flag is invalid. */
export function uinOfFlag(flag: string): string | undefined {
  const [from, seq = "", ...rest] = flag.split(":");
  const isId = isQqNumber(from) && /^\d{1,16}$/.test(seq) && rest.length === 0;
  return isId ? from : undefined;
}

function headOf({ at, account }: EventFrame): Omit<EventHead, "post_type"> {
  return {
    time: Math.floor(Date.parse(at) / 1000),
    self_id: Number(account),
  };
}

function meta(
  account: string,
  now: number,
  meta_event_type: string,
): OneBotEvent {
  return {
    time: Math.floor(now / 1000),
    self_id: Number(account),
    post_type: "meta_event",
    meta_event_type,
  };
}

function notify(
  sub_type: string,
): { post_type: "notice"; notice_type: "notify"; sub_type: string } {
  return { post_type: "notice", notice_type: "notify", sub_type };
}

function unknownOf(
  data: Extract<EventFrame, { event: "unknown" }>["data"],
): Readonly<Record<string, unknown>> {
  return "raw" in data
    ? data
    : { user_id: Number(data.from), code: data.code, comment: data.text };
}

/** Converts a change of state to the events of other implementations, which have none for connecting and penalised. */
function stateEvent(
  head: Omit<EventHead, "post_type"> & { seq: number },
  { state, reason, action }: Extract<
    EventFrame,
    { event: "account.state" }
  >["data"],
): OneBotEvent | undefined {
  switch (state) {
    case "online":
      return {
        ...head,
        post_type: "notice",
        notice_type: "bot_online",
        user_id: head.self_id,
        reason: reason ?? "logged in",
      };
    case "offline":
    case "refused":
    case "replaced":
      return {
        ...head,
        post_type: "notice",
        notice_type: "bot_offline",
        user_id: head.self_id,
        tag: state,
        message: [reason, action].filter((part) => part !== undefined)
          .join(". "),
      };
    default:
      return undefined;
  }
}
