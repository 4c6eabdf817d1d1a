/** A conversation as pure values: events in order, each once, and how many are unread. @module */

import type { EventFrame } from "../../../../lib/frames/events.ts";

/** A message that was given to the bridge from this page. */
export interface Outgoing {
  /** The command's key: the same again is sent once. */
  readonly key: string;
  readonly text: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  readonly state: "sending" | "failed" | "unknown";
  /** Why it is not sent. */
  readonly why?: string;
}

/** The events between an account and another. */
export interface Thread {
  readonly account: string;
  readonly peer: string;
  /** Ascending by `seq`, each once. */
  readonly events: readonly EventFrame[];
  /** Whether older ones are in the journal. */
  readonly more: boolean;
  /** Whether the journal was asked for this conversation. */
  readonly loaded: boolean;
  /** Not sent, or not told to be. */
  readonly outgoing: readonly Outgoing[];
  /** The `seq` up to which all is read. */
  readonly read: number;
}

/** Most events of a conversation that are kept. */
export const KEPT_EVENTS = 1000;

/** Most messages of a conversation that wait; one more is refused. */
export const KEPT_OUTGOING = 50;

/** A conversation of which nothing is known. */
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

/** With whom an event is, where it belongs to a conversation. */
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

/** Whether an event is a message that somebody else wrote. */
export function isIncoming(frame: EventFrame): boolean {
  return frame.event === "message" || frame.event === "message.stranger";
}

/**
 * Puts events into a thread: each once, in the order of the journal. What is
 * too much goes at the old end, and stays in the journal.
 */
export function withEvents(
  thread: Thread,
  added: readonly EventFrame[],
): Thread {
  const bySeq = new Map(thread.events.map((frame) => [frame.seq, frame]));
  for (const frame of added) bySeq.set(frame.seq, frame);
  if (bySeq.size === thread.events.length) return thread;
  const events = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  const cut = Math.max(0, events.length - KEPT_EVENTS);
  return {
    ...thread,
    events: events.slice(cut),
    more: thread.more || cut > 0,
  };
}

/**
 * Puts an event that has just come into a thread. It may overtake the answer to
 * the command: of the same text only one is shown, or it would be there twice
 * until then. Where another client wrote the same, the answer corrects it.
 */
export function withLive(thread: Thread, frame: EventFrame): Thread {
  const after = withEvents(thread, [frame]);
  if (after === thread || frame.event !== "message.sent") return after;
  const { text } = frame.data;
  const own = thread.outgoing
    .find((one) => one.state === "sending" && one.text === text);
  return own === undefined ? after : settled(after, own.key);
}

/** Takes a waiting message away, by its key. */
export function settled(thread: Thread, key: string): Thread {
  return {
    ...thread,
    outgoing: thread.outgoing.filter((one) => one.key !== key),
  };
}

/** How many messages are unread: those after what was read, and after the last own one. */
export function unreadOf({ events, read }: Thread): number {
  let count = 0;
  for (let at = events.length - 1; at >= 0; at--) {
    const frame = events[at]!;
    if (frame.seq <= read || frame.event === "message.sent") break;
    if (isIncoming(frame)) count++;
  }
  return count;
}

/** The last event that a list shows. */
export function lastOf({ events }: Thread): EventFrame | undefined {
  return events.at(-1);
}
