/** Conversations and friend requests, as commands return them. @module */

import type { EventFrame } from "./events.ts";

/** A conversation of an account, in the result of `conversations`. */
export interface ConversationInfo {
  /** QQ number of the account. */
  account: string;
  /** QQ number of the other side. */
  with: string;
  /** Nickname of the other side; empty if it is not known. */
  nickname: string;
  /** The last message or friend event. */
  last: EventFrame;
  /** Number of received messages after `readUpTo` and after the account's own last message; 1,000 means 1,000 or more. */
  unread: number;
  /** Position of the first unread message; absent if there is none. */
  firstUnread?: number;
  /** Position up to which messages are marked as read; 0 if none are. */
  readUpTo: number;
}

/** A friend request that waits for an answer, in the result of `requests`. */
export interface FriendRequestInfo {
  /** QQ number of the account that was asked. */
  account: string;
  /** QQ number of the person that asks. */
  from: string;
  /** Nickname of the person; empty if it is not known. */
  nickname: string;
  /** What the person wrote. */
  text: string;
  /** When the request came, ISO 8601. */
  at: string;
  /** Position of the `friend.request` event. */
  seq: number;
}
