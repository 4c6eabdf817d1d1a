/** Rows of a conversation: days, runs of messages, notes, the first unread message. @module */

import type { EventFrame } from "../../../../../lib/frames/events.ts";
import { isIncoming } from "../../store/inbox_rules.ts";
import type { Outgoing } from "../../store/outbox_rules.ts";

/** Messages of one sender that follow each other within this time form a run. */
const RUN_MS = 5 * 60_000;

export type Row =
  | { readonly kind: "day"; readonly key: string; readonly at: string }
  | { readonly kind: "unread"; readonly key: string }
  | { readonly kind: "note"; readonly key: string; readonly frame: EventFrame }
  | {
    readonly kind: "message";
    readonly key: string;
    readonly frame: EventFrame;
    /** Whether the next row is a message of the same run. */
    readonly isInRun: boolean;
    /** Whether it is the account's last message of all. */
    readonly isLastOwn: boolean;
  }
  | {
    readonly kind: "outgoing";
    readonly key: string;
    readonly message: Outgoing;
  };

/**
 * @param firstUnread Position of the first message under the line "New messages".
 */
export function rowsOf(
  events: readonly EventFrame[],
  outgoing: readonly Outgoing[],
  firstUnread: number | undefined,
): readonly Row[] {
  const rows: Row[] = [];
  let day = "";
  let isLineDue = firstUnread !== undefined;
  const lastOwn = events.findLast(({ event }) => event === "message.sent");
  const waiting = outgoing.filter((one) => !one.isEchoed);
  for (const [at, frame] of events.entries()) {
    const own = whenOf(frame).day;
    if (own !== day) {
      day = own;
      rows.push({ kind: "day", key: `day ${own}`, at: frame.at });
    }
    if (isLineDue && frame.seq >= firstUnread!) {
      isLineDue = false;
      rows.push({ kind: "unread", key: "unread" });
    }
    const key = String(frame.seq);
    if (!isMessage(frame)) {
      rows.push({ kind: "note", key, frame });
      continue;
    }
    const next = events[at + 1];
    const isBroken = next === undefined || !isSameRun(frame, next) ||
      isLineDue && next.seq >= firstUnread!;
    rows.push({
      kind: "message",
      key,
      frame,
      isInRun: !isBroken,
      isLastOwn: frame === lastOwn,
    });
  }
  for (const message of waiting) {
    rows.push({ kind: "outgoing", key: message.key, message });
  }
  return rows;
}

function isMessage(frame: EventFrame): boolean {
  return isIncoming(frame) || frame.event === "message.sent";
}

function isSameRun(a: EventFrame, b: EventFrame): boolean {
  return isMessage(b) &&
    (a.event === "message.sent") === (b.event === "message.sent") &&
    whenOf(b).at - whenOf(a).at < RUN_MS &&
    whenOf(a).day === whenOf(b).day;
}

interface When {
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly day: string;
}

/** Times of events: rows are made anew with each message, and dates are slow. */
const times = new WeakMap<EventFrame, When>();

function whenOf(frame: EventFrame): When {
  let when = times.get(frame);
  if (when === undefined) {
    const date = new Date(frame.at);
    when = { at: date.getTime(), day: date.toDateString() };
    times.set(frame, when);
  }
  return when;
}
