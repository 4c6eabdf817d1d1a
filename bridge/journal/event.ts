/** Events as the journal keeps them, and their making from mail. @module */

import type { EventData, EventName, MailItem } from "../../mod.ts";

/** An event that has no place in the journal yet. */
export interface NewEvent<N extends EventName = EventName> {
  /** Whose event: the account's QQ number. */
  account: string;
  /** When, in milliseconds since 1970. */
  at: number;
  /** The event's name. */
  event: N;
  /** What happened. */
  data: EventData[N];
}

/** An event with its place. */
export interface StoredEvent {
  /** The place: one sequence for all accounts, from 1 on, without holes. */
  readonly seq: number;
  /** Whose event. */
  readonly account: string;
  /** The event's name. */
  readonly event: EventName;
  /** The event frame as JSON text, made once. */
  readonly frame: string;
}

/** The event frame's text. `data` is JSON text already. */
export function frameText(
  seq: number,
  at: number,
  account: string,
  event: EventName,
  data: string,
): string {
  // account is digits and event is a name of ours: neither needs escaping.
  return `{"type":"event","seq":${seq},"at":"${
    new Date(at).toISOString()
  }","account":"${account}","event":"${event}","data":${data}}`;
}

/** The other party of an event, by which `history` finds it; empty where there is none. */
export function partyOf(data: EventData[EventName]): string {
  if ("from" in data) return data.from;
  if ("to" in data) return data.to;
  return "";
}

/** The event that a mail item makes. */
export function eventOfMail(
  account: string,
  at: number,
  item: MailItem,
): NewEvent {
  switch (item.type) {
    case "status":
      return {
        account,
        at,
        event: "presence",
        data: { from: item.from, status: item.status },
      };
    case "unknown":
      return {
        account,
        at,
        event: "unknown",
        data: { code: item.code, from: item.from, text: item.text },
      };
    case "unreadable":
      return {
        account,
        at,
        event: "unknown",
        data: {
          raw: item.raw,
          ...(item.bytes === undefined ? {} : { bytes: item.bytes }),
        },
      };
    default:
      return {
        account,
        at,
        event: EVENT_OF_MAIL[item.type],
        data: { from: item.from, text: item.text },
      };
  }
}

const EVENT_OF_MAIL = {
  message: "message",
  stranger_message: "message.stranger",
  request: "friend.request",
  accepted: "friend.accepted",
  refused: "friend.refused",
  added: "friend.added",
} as const;
