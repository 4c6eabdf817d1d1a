/** A conversation as pure values: its events in order, its outgoing messages, its unread count. @module */

import type { EventFrame } from "../../../../lib/frames/events.ts";

/** A message sent from this page whose `message.sent` event has not arrived. */
export interface Outgoing {
  /** Idempotency key of the command: sending it again has no second effect. */
  readonly key: string;
  readonly text: string;
  /** Time of sending, in milliseconds since 1970. */
  readonly at: number;
  readonly state: "sending" | "failed" | "unknown";
  /** Why sending failed, for the user. */
  readonly why?: string;
}

/** The events between an account and one QQ number. */
export interface Thread {
  readonly account: string;
  readonly peer: string;
  /** Ascending by `seq`, without duplicates. */
  readonly events: readonly EventFrame[];
  /** Whether the journal has older events. */
  readonly more: boolean;
  /** Whether the history was read from the journal. */
  readonly loaded: boolean;
  /** Messages not known to be sent. */
  readonly outgoing: readonly Outgoing[];
  /** `seq` of the last event that the user has read. */
  readonly read: number;
}

/** Maximum number of events per conversation; the oldest are dropped and stay in the journal. */
export const MAX_EVENTS = 1000;

/** Maximum number of outgoing messages per conversation; one more is refused. */
export const MAX_OUTGOING = 50;

export function emptyThread(
  account: string,
  peer: string,
  read = 0,
): Thread {
  return {
    account,
    peer,
    events: [],
    more: false,
    loaded: false,
    outgoing: [],
    read,
  };
}

/** QQ number of the other side; `undefined` if the event belongs to no conversation. */
export function peerOf(frame: EventFrame): string | undefined {
  switch (frame.event) {
    case "message.sent":
      return frame.data.to;
    case "message":
    case "message.stranger":
    case "friend.request":
    case "friend.accepted":
    case "friend.refused":
    case "friend.added":
      return frame.data.from;
    default:
      return undefined;
  }
}

export function isIncoming(frame: EventFrame): boolean {
  return frame.event === "message" || frame.event === "message.stranger";
}

/** Adds events to a thread, without duplicates and in the order of the journal. */
export function withEvents(
  thread: Thread,
  added: readonly EventFrame[],
): Thread {
  const bySeq = new Map(thread.events.map((frame) => [frame.seq, frame]));
  for (const frame of added) bySeq.set(frame.seq, frame);
  if (bySeq.size === thread.events.length) return thread;
  const events = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  const cut = Math.max(0, events.length - MAX_EVENTS);
  return {
    ...thread,
    events: events.slice(cut),
    more: thread.more || cut > 0,
  };
}

/**
 * Adds a live event to a thread. A `message.sent` event can arrive before the
 * result of its command, so it replaces one outgoing message of the same text,
 * which would otherwise be shown twice. If another client sent that text, the
 * result corrects the thread.
 */
export function withLive(thread: Thread, frame: EventFrame): Thread {
  const after = withEvents(thread, [frame]);
  if (after === thread || frame.event !== "message.sent") return after;
  const { text } = frame.data;
  const own = thread.outgoing
    .find((one) => one.state === "sending" && one.text === text);
  return own === undefined ? after : settled(after, own.key);
}

/** Removes an outgoing message by its key. */
export function settled(thread: Thread, key: string): Thread {
  return {
    ...thread,
    outgoing: thread.outgoing.filter((one) => one.key !== key),
  };
}

/** Counts the messages after the last one that was read and after the account's own last one. */
export function unreadOf({ events, read }: Thread): number {
  let count = 0;
  for (let at = events.length - 1; at >= 0; at--) {
    const frame = events[at]!;
    if (frame.seq <= read || frame.event === "message.sent") break;
    if (isIncoming(frame)) count++;
  }
  return count;
}

export function lastOf({ events }: Thread): EventFrame | undefined {
  return events.at(-1);
}
