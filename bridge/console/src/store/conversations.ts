/** Conversations of all accounts: history, live events, outgoing messages. @module */

import { BridgeError } from "../../../../lib/bridge_client/bridge_error.ts";
import type { EventFrame } from "../../../../lib/frames/events.ts";
import { computed, type ReadonlySignal, type Signal, signal } from "../deps.ts";
import { command, formatError, position } from "../link/link.ts";
import { load, save } from "../texts/saved.ts";
import {
  emptyThread,
  isIncoming,
  MAX_EVENTS,
  MAX_OUTGOING,
  type Outgoing,
  peerOf,
  settled,
  type Thread,
  unreadOf,
  withEvents,
  withLive,
} from "./thread.ts";

/** Maximum number of conversations; the one without a change for the longest time is dropped. */
export const MAX_THREADS = 500;

/** Events in one page of the history. */
const PAGE = 100;

/** Pages read at once for a conversation. One may not do, because presence events are not shown. */
const PAGES = 3;

/** Messages after which no further page is read. */
const ENOUGH = 20;

/** Conversations by their {@linkcode keyOf}. */
export const threads: Signal<ReadonlyMap<string, Thread>> = signal(new Map());

/** Number of unread messages by account. */
export const unread: ReadonlySignal<ReadonlyMap<string, number>> = computed(
  () => {
    const counts = new Map<string, number>();
    for (const thread of threads.value.values()) {
      const before = counts.get(thread.account) ?? 0;
      counts.set(thread.account, before + unreadOf(thread));
    }
    return counts;
  },
);

export function keyOf(account: string, peer: string): string {
  return `${account}/${peer}`;
}

export function threadOf(account: string, peer: string): Thread {
  const key = keyOf(account, peer);
  return threads.value.get(key) ??
    emptyThread(account, peer, marks.value[key] ?? 0);
}

export function clearThreads(): void {
  threads.value = new Map();
}

/** Adds a live event to its conversation. */
export function takeEvent(frame: EventFrame): void {
  const peer = peerOf(frame);
  if (peer === undefined) return;
  change(frame.account, peer, (thread) => withLive(thread, frame));
}

/** Adds events of the history to their conversations. */
export function takeEvents(frames: readonly EventFrame[]): void {
  const byPeer = new Map<string, EventFrame[]>();
  for (const frame of frames) {
    const peer = peerOf(frame);
    if (peer === undefined) continue;
    const key = keyOf(frame.account, peer);
    const group = byPeer.get(key) ?? [];
    group.push(frame);
    byPeer.set(key, group);
  }
  for (const group of byPeer.values()) {
    const { account } = group[0]!;
    change(account, peerOf(group[0]!)!, (thread) => withEvents(thread, group));
  }
}

/** Reads the newest events of a conversation from the journal, or those older than the shown ones. */
export async function loadThread(
  account: string,
  peer: string,
  older = false,
): Promise<void> {
  const { events } = threadOf(account, peer);
  let before = older ? events[0]?.seq : undefined;
  let more = true;
  let messages = 0;
  for (let page = 0; page < PAGES && more && messages < ENOUGH; page++) {
    const answer = await command("history", {
      with: peer,
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    }, { account });
    more = answer.more;
    before = answer.events[0]?.seq ?? before;
    messages += answer.events.filter((one) => peerOf(one) !== undefined).length;
    takeEvents(answer.events);
  }
  change(account, peer, (thread) => ({
    ...thread,
    more: more && thread.events.length < MAX_EVENTS,
    loaded: true,
  }));
}

/** Marks all messages of a conversation as read. */
export function markRead(account: string, peer: string): void {
  const thread = threadOf(account, peer);
  const last = thread.events.findLast(isIncoming)?.seq ?? 0;
  if (last <= thread.read) return;
  change(account, peer, (one) => ({ ...one, read: last }));
  const all = { ...marks.value };
  const key = keyOf(account, peer);
  delete all[key];
  all[key] = last;
  const kept = Object.entries(all).slice(-MAX_THREADS);
  marks.value = Object.fromEntries(kept);
  save("read", { epoch: marksEpoch, marks: marks.value });
}

/** Loads the read marks if they belong to this journal: positions of another epoch mean nothing. */
export function openMarks(epoch: string): void {
  if (marksEpoch === epoch) return;
  marksEpoch = epoch;
  const kept = load("read") as
    | { epoch?: string; marks?: Record<string, number> }
    | undefined;
  marks.value = kept?.epoch === epoch ? kept.marks ?? {} : {};
}

let marksEpoch: string | undefined;
const marks: Signal<Readonly<Record<string, number>>> = signal({});

/** Sends a message. Returns false if too many are waiting. */
export function sendMessage(
  account: string,
  peer: string,
  text: string,
): boolean {
  const { outgoing } = threadOf(account, peer);
  if (outgoing.length >= MAX_OUTGOING) return false;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = [...bytes].map((one) => one.toString(16).padStart(2, "0"))
    .join("");
  deliver(account, peer, { key, text, at: Date.now(), state: "sending" });
  return true;
}

/** Sends a message again: with a new key if it failed, with the same key if its outcome is unknown. */
export function sendAgain(
  account: string,
  peer: string,
  message: Outgoing,
): void {
  if (message.state === "failed") {
    discard(account, peer, message);
    sendMessage(account, peer, message.text);
  } else {
    const { key, text, at } = message;
    deliver(account, peer, { key, text, at, state: "sending" });
  }
}

export function discard(
  account: string,
  peer: string,
  { key }: Outgoing,
): void {
  change(account, peer, (thread) => settled(thread, key));
}

async function deliver(
  account: string,
  peer: string,
  message: Outgoing,
): Promise<void> {
  const { key, text } = message;
  put(account, peer, message);
  try {
    const { seq } = await command("send", { to: peer, text }, { account, key });
    change(account, peer, (thread) =>
      settled(
        withEvents(thread, [{
          type: "event",
          seq,
          at: new Date().toISOString(),
          account,
          event: "message.sent",
          data: { to: peer, text },
        }]),
        key,
      ));
  } catch (error) {
    const code = error instanceof BridgeError ? error.code : undefined;
    const isOpen = code === "outcome_unknown" || code === "timeout";
    put(account, peer, {
      ...message,
      state: isOpen ? "unknown" : "failed",
      why: formatError(error),
    });
  }
}

function put(account: string, peer: string, message: Outgoing): void {
  change(account, peer, (thread) => {
    const at = thread.outgoing.findIndex((one) => one.key === message.key);
    const outgoing = [...thread.outgoing];
    if (at < 0) outgoing.push(message);
    else outgoing[at] = message;
    return { ...thread, outgoing };
  });
}

function change(
  account: string,
  peer: string,
  to: (thread: Thread) => Thread,
): void {
  const key = keyOf(account, peer);
  const before = threadOf(account, peer);
  const after = to(before);
  if (after === before && threads.value.has(key)) return;
  const next = new Map(threads.value);
  // Move it to the end: the first of the map is the next to be dropped.
  next.delete(key);
  next.set(key, after);
  if (next.size > MAX_THREADS) next.delete(next.keys().next().value!);
  threads.value = next;
}

/** `seq` that the page has reached in the journal; empty before the first. */
export function journalPosition(): string {
  const at = position();
  return at === undefined ? "" : String(at.seq);
}
