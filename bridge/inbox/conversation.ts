/** What is known of one conversation, and how events change it. No I/O. @module */

import type { EventFrame } from "../../mod.ts";

/** The messages and friend events between an account and another number. */
export interface Conversation {
  readonly account: string;
  /** QQ number of the other side. */
  readonly party: string;
  /** Position of the last message or friend event. */
  lastSeq: number;
  /** Position of the last message that the account received. */
  receivedSeq: number;
  /** Number of received messages after the read mark and after the account's own last message; at most {@linkcode MAX_UNREAD}. */
  unread: number;
  /** Position of the first of them; 0 if there is none. */
  firstUnread: number;
  /** Position of the friend request that waits for an answer; 0 if none does. */
  requestSeq: number;
}

/** Largest number of unread messages that is counted: it means that many or more. */
export const MAX_UNREAD = 1000;

/** The other side of an event; undefined for an event that belongs to no conversation. */
export function partyOf(frame: EventFrame): string | undefined {
  switch (frame.event) {
    case "message":
    case "message.stranger":
    case "friend.request":
    case "friend.accepted":
    case "friend.refused":
    case "friend.added":
      return frame.data.from;
    case "message.sent":
      return frame.data.to;
    default:
      return undefined;
  }
}

/** A conversation before its first event. */
export function newConversation(account: string, party: string): Conversation {
  return {
    account,
    party,
    lastSeq: 0,
    receivedSeq: 0,
    unread: 0,
    firstUnread: 0,
    requestSeq: 0,
  };
}

/** What was done with a conversation, as positions. */
export interface Marks {
  /** Messages up to here are read. */
  readonly readUpTo: number;
  /** Friend requests up to here are answered or dismissed. */
  readonly answeredUpTo: number;
}

/** Changes a conversation by its next event. */
export function applyEvent(
  conversation: Conversation,
  { event, seq }: Pick<EventFrame, "event" | "seq">,
  { readUpTo, answeredUpTo }: Marks,
): void {
  conversation.lastSeq = seq;
  switch (event) {
    case "message":
    case "message.stranger":
      conversation.receivedSeq = seq;
      if (seq <= readUpTo) break;
      if (conversation.unread === 0) conversation.firstUnread = seq;
      conversation.unread = Math.min(MAX_UNREAD, conversation.unread + 1);
      break;
    case "message.sent":
      markAllRead(conversation);
      break;
    case "friend.request":
      if (seq > answeredUpTo) conversation.requestSeq = seq;
      break;
    case "friend.accepted":
    case "friend.added":
      conversation.requestSeq = 0;
      break;
  }
}

/** Sets a conversation to read. */
export function markAllRead(conversation: Conversation): void {
  conversation.unread = 0;
  conversation.firstUnread = 0;
}
