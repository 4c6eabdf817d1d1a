/** Which events are worth a notification, as pure functions. @module */

import type { EventFrame } from "../../../../../lib/frames/events.ts";
import {
  conversationKey,
  isIncoming,
  peerOf,
} from "../../store/inbox_rules.ts";

/** Beyond this number of conversations at once, one notification counts them all. */
export const MAX_NOTICES = 3;

/** News of one conversation. */
export interface Notice {
  readonly account: string;
  readonly peer: string;
  /** The last of its events. */
  readonly last: EventFrame;
  readonly count: number;
}

/**
 * The conversations to notify about, in the order of their first events.
 *
 * @param muted Accounts, and `account/peer` of conversations.
 * @param onScreen `account/peer` of the conversation that the user looks at, if any.
 */
export function noticesOf(
  frames: readonly EventFrame[],
  muted: ReadonlySet<string>,
  onScreen: string | undefined,
): readonly Notice[] {
  const notices = new Map<string, Notice>();
  for (const frame of frames) {
    if (!isIncoming(frame) && frame.event !== "friend.request") continue;
    const { account } = frame;
    const peer = peerOf(frame)!;
    const key = conversationKey(account, peer);
    if (key === onScreen || muted.has(key) || muted.has(account)) continue;
    const count = (notices.get(key)?.count ?? 0) + 1;
    notices.set(key, { account, peer, last: frame, count });
  }
  return [...notices.values()];
}
