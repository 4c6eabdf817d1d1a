/** Conversations with their unread messages, and friend requests, from the bridge and then from live events. @module */

import type { EventFrame } from "../../../../lib/frames/events.ts";
import type {
  ConversationInfo,
  FriendRequestInfo,
} from "../../../../lib/frames/inbox.ts";
import {
  batch,
  computed,
  type ReadonlySignal,
  type Signal,
  signal,
} from "../deps.ts";
import { command } from "../link/link.ts";
import {
  afterEvent,
  afterMark,
  type Conversation,
  conversationKey,
  isIncoming,
  peerOf,
} from "./inbox_rules.ts";
import { noteFriend, noteName } from "./people.ts";
import { SignalMap } from "./signal_map.ts";

export type FriendRequest = FriendRequestInfo;

/** Number of conversations in one page. */
const PAGE = 100;

/** Number of requests that are loaded; the total counts all. */
const MAX_REQUESTS = 500;

/** How long events are collected before what they make uncertain is asked for. */
const COLLECT_MS = 400;

/** Maximum number of conversations kept; when there are more, the list is loaded anew. */
const MAX_CONVERSATIONS = 20_000;

export const conversations: SignalMap<Conversation> = new SignalMap();

/** Unread messages by account. */
export const unreadByAccount: SignalMap<number> = new SignalMap();

/** Friend requests that wait, newest first, and how many there are in all. */
export const requests: Signal<
  { readonly list: readonly FriendRequest[]; readonly total: number }
> = signal({ list: [], total: 0 });

/** Which part of the list of a view is known: those from this position on, or all. */
export interface Reach {
  /** Position of the last conversation that was loaded; `undefined` if all are. */
  readonly next: number | undefined;
}

/** By account, or `all`. */
export const reaches: SignalMap<Reach> = new SignalMap();

/** Unread messages of all accounts, counted with each change. */
export const totalUnread: Signal<number> = signal(0);

function setUnread(account: string, count: number): void {
  const change = count - (unreadByAccount.peek(account) ?? 0);
  totalUnread.value = totalUnread.peek() + change;
  if (count === 0) unreadByAccount.delete(account);
  else unreadByAccount.set(account, count);
}

/** Number of waiting requests by account. */
export const requestCounts: ReadonlySignal<ReadonlyMap<string, number>> =
  computed(() => {
    const counts = new Map<string, number>();
    for (const { account } of requests.value.list) {
      counts.set(account, (counts.get(account) ?? 0) + 1);
    }
    return counts;
  });

/** Conversations of a view in the order of their last events, newest first. */
export function conversationsOf(view: string): readonly Conversation[] {
  void conversations.version;
  const reach = reaches.peek(view) ?? reaches.peek("all");
  const from = reach?.next ?? 0;
  const found: Conversation[] = [];
  for (const one of conversations.values()) {
    if (view !== "all" && one.account !== view) continue;
    if (one.last.seq >= from) found.push(one);
  }
  // Nearly sorted already, which takes one pass.
  return found.reverse().sort((a, b) => b.last.seq - a.last.seq);
}

/** Loads the newest conversations of a view, or those after the ones that are known. */
export async function loadConversations(
  view: string,
  isMore = false,
  lane: "user" | "background" = "user",
): Promise<void> {
  const after = isMore ? reaches.peek(view)?.next : undefined;
  const { conversations: found, unreadByAccount: counts, next } = await command(
    "conversations",
    {
      limit: PAGE,
      ...(view === "all" ? {} : { accounts: [view] }),
      ...(after === undefined ? {} : { after }),
    },
    { lane },
  );
  batch(() => {
    if (conversations.size > MAX_CONVERSATIONS) {
      conversations.clear();
      reaches.clear();
    }
    for (const one of found) takeConversation(one);
    for (const [uin, count] of Object.entries(counts)) {
      setUnread(uin, count);
    }
    if (view === "all") {
      for (const uin of [...unreadByAccount.keys()]) {
        if (!Object.hasOwn(counts, uin)) setUnread(uin, 0);
      }
    }
    const known = reaches.peek(view);
    // A reload of the newest ones keeps the older ones that were loaded before.
    const isFurther = !isMore && known !== undefined &&
      (known.next ?? 0) < (next ?? 0);
    if (!isFurther) reaches.set(view, { next });
  });
}

function takeConversation(one: ConversationInfo): void {
  noteName(one.account, one.with, one.nickname);
  const key = conversationKey(one.account, one.with);
  const known = conversations.peek(key);
  // A live event may have overtaken the answer.
  if (known !== undefined && known.last.seq > one.last.seq) return;
  conversations.set(key, one);
}

export async function loadRequests(
  lane: "user" | "background" = "user",
): Promise<void> {
  const { requests: list, total } = await command("requests", {
    limit: MAX_REQUESTS,
  }, { lane });
  for (const { account, from, nickname } of list) {
    noteName(account, from, nickname);
  }
  requests.value = { list, total };
}

/** Marks the messages of a conversation as read, for all clients. */
export async function markRead(
  account: string,
  peer: string,
  upTo: number,
): Promise<void> {
  const key = conversationKey(account, peer);
  const { unread } = await command("markRead", { with: peer, upTo }, {
    account,
  });
  const known = conversations.peek(key);
  if (known === undefined || upTo <= known.readUpTo) return;
  // Messages that came after the mark are not in the bridge's count.
  const isLater = known.last.seq > upTo && known.unread > 0 &&
    isIncoming(known.last);
  const next = afterMark(known, upTo, isLater ? Math.max(unread, 1) : unread);
  batch(() => {
    countUnread(account, next.unread - known.unread);
    conversations.set(key, next);
  });
  if (isLater) scheduleReload();
}

/** Applies an event to its conversation, and counts what is unread. */
export function takeInboxEvent(frame: EventFrame): void {
  const peer = peerOf(frame);
  if (peer === undefined) return;
  const key = conversationKey(frame.account, peer);
  const known = conversations.peek(key);
  const next = afterEvent(known, peer, frame);
  if (next === undefined) return;
  // The newest stand last, so that their order is known without sorting them.
  conversations.setLast(key, next);
  countUnread(frame.account, next.unread - (known?.unread ?? 0));
  if (next.isPartial) scheduleReload();
  if (frame.event.startsWith("friend.")) scheduleRequests();
}

function countUnread(account: string, change: number): void {
  if (change === 0) return;
  const count = (unreadByAccount.peek(account) ?? 0) + change;
  setUnread(account, Math.max(0, count));
}

/** Answers a request, or takes it off the list. Rejects with BridgeError. */
export async function answerRequest(
  { account, from }: FriendRequest,
  answer: "accept" | "refuse" | "dismiss",
  reason = "",
): Promise<void> {
  await command("answerRequest", {
    uin: from,
    answer,
    ...(reason === "" ? {} : { reason }),
  }, { account });
  if (answer === "accept") noteFriend(account, from, true);
  const { list, total } = requests.value;
  const rest = list.filter((one) =>
    one.account !== account || one.from !== from
  );
  requests.value = { list: rest, total: total - (list.length - rest.length) };
}

/** Asks again for what other clients may have changed: marks and answered requests. */
export async function reloadInbox(
  lane: "user" | "background" = "background",
): Promise<void> {
  await Promise.all([
    loadConversations("all", false, lane),
    loadRequests(lane),
  ]);
}

export function clearInbox(): void {
  clearTimeout(reloadTimer);
  clearTimeout(requestsTimer);
  reloadTimer = requestsTimer = undefined;
  conversations.clear();
  unreadByAccount.clear();
  totalUnread.value = 0;
  reaches.clear();
  requests.value = { list: [], total: 0 };
}

/** Forgets the conversations and requests of an account that was removed. */
export function forgetAccount(account: string): void {
  for (
    const [key, one] of [...conversations.keys()].map((key) =>
      [key, conversations.peek(key)!] as const
    )
  ) {
    if (one.account === account) conversations.delete(key);
  }
  setUnread(account, 0);
  const list = requests.value.list.filter((one) => one.account !== account);
  requests.value = {
    list,
    total: requests.value.total - (requests.value.list.length - list.length),
  };
}

let reloadTimer: ReturnType<typeof setTimeout> | undefined;
let requestsTimer: ReturnType<typeof setTimeout> | undefined;

/** Events that follow each other do not postpone the question: one is asked at a time. */
function scheduleReload(): void {
  reloadTimer ??= setTimeout(() => {
    loadConversations("all", false, "background").catch(() => {})
      .finally(() => reloadTimer = undefined);
  }, COLLECT_MS);
}

function scheduleRequests(): void {
  requestsTimer ??= setTimeout(() => {
    loadRequests("background").catch(() => {})
      .finally(() => requestsTimer = undefined);
  }, COLLECT_MS);
}
