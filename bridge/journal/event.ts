/** Events as the journal stores them. @module */

import type { EventData, EventName, MailItem } from "../../mod.ts";

/**
 * An event without a position.
 *
 * @category Edge
 */
export interface NewEvent<N extends EventName = EventName> {
  /** QQ number of the account. */
  account: string;
  /** Time in milliseconds since 1970. */
  at: number;
  /** Name of the event. */
  event: N;
  /** Its data, as the frame has it. */
  data: EventData[N];
}

/**
 * An event at its position.
 *
 * @category Edge
 */
export interface StoredEvent {
  /** The position: one sequence for all accounts, from 1 on, without holes. */
  readonly seq: number;
  /** QQ number of the account. */
  readonly account: string;
  /** Name of the event. */
  readonly event: EventName;
  /** The event frame as JSON text, encoded once. */
  readonly frame: string;
}

/** Encodes an event frame. `data` is JSON text already. */
export function frameText(
  seq: number,
  at: number,
  account: string,
  event: EventName,
  data: string,
): string {
  // The account is digits and the event a known name: neither needs
  // escaping. Joined, because V8 keeps a template as a tree of its parts, which
  // takes four times as much memory in the hub's tail.
  return [
    '{"type":"event","seq":',
    seq,
    ',"at":"',
    new Date(at).toISOString(),
    '","account":"',
    account,
    '","event":"',
    event,
    '","data":',
    data,
    "}",
  ].join("");
}

/** The other party of an event, by which `history` finds it; empty if there is none. */
export function partyOf(data: EventData[EventName]): string {
  if ("from" in data) return data.from;
  if ("to" in data) return data.to;
  return "";
}

/** The event of a mail item. */
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
