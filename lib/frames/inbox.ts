/** Conversations, friend requests and people, as commands return them. @module */

import type { Status } from "../protocol/codes.ts";
import type { EventFrame } from "./events.ts";

/**
 * A conversation of an account, in the result of `conversations`.
 *
 * @category Frames
 */
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

/**
 * A person, in the result of `people`.
 *
 * @category Frames
 */
export interface KnownPersonInfo {
  /** QQ number of the person. */
  uin: string;
  /** Nickname; empty if it is not known. */
  nickname: string;
  /** Number of the avatar picture; absent if it is not known. */
  face?: number;
  /** Presence of a friend; absent while the account is not online. */
  status?: Status;
  /** Whether the person is on the account's friend list. */
  isFriend: boolean;
  /** When nickname and face were learnt, ISO 8601; absent if they are not known. */
  at?: string;
}

/**
 * A friend request that waits for an answer, in the result of `requests`.
 *
 * @category Frames
 */
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
