/** What an event changes in a conversation, as pure functions. @module */

import type { EventFrame } from "../../../../lib/frames/events.ts";
import type { ConversationInfo } from "../../../../lib/frames/inbox.ts";

/** A conversation, and whether its unread count is known from the bridge. */
export interface Conversation extends ConversationInfo {
  /** The page saw only events since it was opened, so there may be more unread messages. */
  readonly isPartial?: boolean;
}

/** A count that stands for itself or more. */
export const MAX_UNREAD = 1000;

export function conversationKey(account: string, peer: string): string {
  return `${account}/${peer}`;
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

/** A conversation after an event; `undefined` if the event is not newer than its last one. */
export function afterEvent(
  known: Conversation | undefined,
  peer: string,
  frame: EventFrame,
): Conversation | undefined {
  if (known !== undefined && frame.seq <= known.last.seq) return undefined;
  const { account } = frame;
  const before: Conversation = known ?? {
    account,
    with: peer,
    nickname: "",
    last: frame,
    unread: 0,
    readUpTo: 0,
    isPartial: true,
  };
  if (frame.event === "message.sent") {
    const { firstUnread: _, ...rest } = before;
    return { ...rest, last: frame, unread: 0 };
  }
  if (!isIncoming(frame)) return { ...before, last: frame };
  return {
    ...before,
    last: frame,
    unread: Math.min(MAX_UNREAD, before.unread + 1),
    firstUnread: before.firstUnread ?? frame.seq,
  };
}

/** A conversation after its messages up to a position were marked, with what the bridge counted. */
export function afterMark(
  known: Conversation,
  upTo: number,
  unread: number,
): Conversation {
  if (upTo <= known.readUpTo) return known;
  const { firstUnread, ...rest } = known;
  const isLater = firstUnread !== undefined && firstUnread > upTo;
  return {
    ...rest,
    readUpTo: upTo,
    unread,
    ...(unread > 0 && isLater ? { firstUnread } : {}),
  };
}
