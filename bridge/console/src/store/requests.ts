/** Friend requests that wait for an answer. @module */

import type { EventFrame } from "../../../../lib/frames/events.ts";
import { computed, type ReadonlySignal, type Signal, signal } from "../deps.ts";
import { contacts, loadFriends } from "./contacts.ts";
import { command } from "../link/link.ts";
import { load, save } from "../texts/saved.ts";
import { threads } from "./conversations.ts";

/** Somebody asks to be an account's friend. */
export interface FriendRequest {
  account: string;
  from: string;
  text: string;
  at: string;
  seq: number;
}

/** Most answers that are remembered. */
const KEPT_ANSWERS = 500;

/** Up to which event the requests of somebody were answered, by `account/from`. */
const answered: Signal<Readonly<Record<string, string>>> = signal(
  (load("answered") ?? {}) as Record<string, string>,
);

/**
 * The requests: the last of each who is not a friend, and has not been
 * answered from this browser. The protocol tells nobody which ones stand.
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

/** Accepts or refuses. */
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
    Object.entries(all).slice(-KEPT_ANSWERS),
  );
  save("answered", answered.value);
  if (answer === "accept") await loadFriends(account).catch(() => {});
}

function isRequest(
  frame: EventFrame,
): frame is Extract<EventFrame, { event: "friend.request" }> {
  return frame.event === "friend.request";
}
