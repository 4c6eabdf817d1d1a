/** Events of the frame protocol: names, data and frames. @module */

import type { Status } from "../protocol/codes.ts";

/**
 * What every frame has.
 *
 * @category Frames
 */
export interface FrameOf<T extends string> {
  /** The kind of frame. Narrow a union of frames on it. */
  type: T;
}

/**
 * States of an account at its QQ server: `offline`, not connected, such as
 * after `logout`; `connecting`, logging in; `online`; `penalised`, waiting
 * because the server limits the rate; `refused`, the server rejected the login;
 * `replaced`, another client logged the account in.
 *
 * @category Frames
 */
export const ACCOUNT_STATES = [
  "offline",
  "connecting",
  "online",
  "penalised",
  "refused",
  "replaced",
] as const;

/**
 * State of an account, one of {@linkcode ACCOUNT_STATES}.
 *
 * @category Frames
 */
export type AccountState = typeof ACCOUNT_STATES[number];

/**
 * The data of each event, by the event's name.
 *
 * @category Frames
 */
export interface EventData {
  /** A message from a friend. */
  "message": { from: string; text: string };
  /** A message from a QQ number that is not in the friend list. */
  "message.stranger": { from: string; text: string };
  /** A message that the account sent through the bridge. */
  "message.sent": { to: string; text: string };
  /** A friend's presence changed. */
  "presence": { from: string; status: Status };
  /** Somebody asks to be added as a friend; `text` is the reason. */
  "friend.request": { from: string; text: string };
  /** Somebody accepted the account's friend request. */
  "friend.accepted": { from: string; text: string };
  /** Somebody refused the account's friend request; `text` is the reason. */
  "friend.refused": { from: string; text: string };
  /** Somebody added the account as a friend. */
  "friend.added": { from: string; text: string };
  /** The account's state changed. */
  "account.state": {
    state: AccountState;
    /** Start of the state, ISO 8601. */
    since: string;
    /** Cause of the state, in words for people. */
    reason?: string;
    /** What the user can do about it. */
    action?: string;
  };
  /** The account was removed from the bridge. Its events stay. */
  "account.removed": Record<string, never>;
  /**
   * A mail item of an unrecognised type, passed through unchanged; or mailbox
   * text that could not be parsed. If that text is too long for an event, `raw`
   * is its beginning and `bytes` its full length.
   */
  "unknown":
    | { code: number; from: string; text: string }
    | { raw: string; bytes?: number };
}

/**
 * The name of an event.
 *
 * @category Frames
 */
export type EventName = keyof EventData;

/** Every event name; the type makes a missing one a compile error. */
const NAMES: Readonly<Record<EventName, true>> = {
  "message": true,
  "message.stranger": true,
  "message.sent": true,
  "presence": true,
  "friend.request": true,
  "friend.accepted": true,
  "friend.refused": true,
  "friend.added": true,
  "account.state": true,
  "account.removed": true,
  "unknown": true,
};

/**
 * All names of events.
 *
 * @category Frames
 */
export const EVENT_NAMES: readonly EventName[] = /* @__PURE__ */ Object.keys(
  NAMES,
) as EventName[];

/**
 * Whether an event passes a filter of a subscription.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { matchesEvent } from "@tqq/tqq";
 *
 * assertEquals(matchesEvent("friend.request", "friend"), true);
 * assertEquals(matchesEvent("friend.request", "message"), false);
 * ```
 *
 * @param event The name of the event.
 * @param filter An event name, or the part of one before its dot.
 * @category Frames
 */
export function matchesEvent(event: EventName, filter: string): boolean {
  return event === filter || event.startsWith(filter + ".");
}

/**
 * An event with a given name.
 *
 * @category Frames
 */
export interface EventFrameOf<N extends EventName> extends FrameOf<"event"> {
  /** The event's position in the journal. */
  seq: number;
  /**
   * When the bridge journalled the event, ISO 8601. The QQ protocol does not
   * report when a message was sent.
   */
  at: string;
  /** QQ number of the account that the event belongs to. */
  account: string;
  /** The event's name. Narrow {@linkcode EventFrame} on it. */
  event: N;
  /** Data of the event, as {@linkcode EventData} describes it. */
  data: EventData[N];
}

/**
 * An event of an account.
 *
 * @category Frames
 */
export type EventFrame = { [N in EventName]: EventFrameOf<N> }[EventName];
