/** Friend requests that wait for an answer. @module */

import type { EventFrame } from "../../../../lib/frames/events.ts";
import { computed, type ReadonlySignal, type Signal, signal } from "../deps.ts";
import { contacts, loadFriends } from "./contacts.ts";
import { command } from "../link/link.ts";
import { load, save } from "../texts/saved.ts";
import { threads } from "./conversations.ts";

export interface FriendRequest {
  account: string;
  from: string;
  text: string;
  at: string;
  seq: number;
}

/** Maximum number of answers remembered; the oldest is dropped. */
const MAX_ANSWERS = 500;

/** Time of the last answered request, by `account/from`. */
const answered: Signal<Readonly<Record<string, string>>> = signal(
  (load("answered") ?? {}) as Record<string, string>,
);

/**
 * Open requests, newest first. The QQ protocol cannot list them, so these are
 * the last requests of people who are not friends and were not answered in
 * this browser.
 */
export const requests: ReadonlySignal<readonly FriendRequest[]> = computed(
  () => {
    const found: FriendRequest[] = [];
    for (const { account, peer, events } of threads.value.values()) {
      const frame = events.findLast(isRequest);
      if (frame === undefined) continue;
      if (contacts.value.get(account)?.get(peer)?.isFriend) continue;
      if (answered.value[`${account}/${peer}`] === frame.at) continue;
      const { at, seq, data } = frame;
      found.push({ account, from: peer, text: data.text, at, seq });
    }
    return found.sort((a, b) => b.seq - a.seq);
  },
);

export async function answerRequest(
  { account, from, at }: FriendRequest,
  answer: "accept" | "refuse",
  reason: string,
): Promise<void> {
  await command("answerRequest", {
    uin: from,
    answer,
    ...(reason === "" ? {} : { reason }),
  }, { account });
  const all = { ...answered.value, [`${account}/${from}`]: at };
  answered.value = Object.fromEntries(
    Object.entries(all).slice(-MAX_ANSWERS),
  );
  save("answered", answered.value);
  if (answer === "accept") await loadFriends(account).catch(() => {});
}

function isRequest(
  frame: EventFrame,
): frame is Extract<EventFrame, { event: "friend.request" }> {
  return frame.event === "friend.request";
}
