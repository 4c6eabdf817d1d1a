/** The conversation that is open: a window over its events, which moves both ways. @module */

import type { EventFrame } from "../../../../lib/frames/events.ts";
import { type Signal, signal } from "../deps.ts";
import { command } from "../link/link.ts";
import { conversationKey, peerOf } from "./inbox_rules.ts";
import {
  EMPTY_WINDOW,
  type EventWindow,
  withLive,
  withNewer,
  withOlder,
} from "./window.ts";

/** Number of events in one page. */
const PAGE = 100;

/** Names of the events that a conversation shows. */
const EVENTS = ["message", "friend"];

/** Maximum number of conversations whose events are kept; the one that was opened longest ago is dropped. */
const MAX_THREADS = 20;

export interface Thread {
  readonly account: string;
  readonly peer: string;
  readonly window: Signal<EventWindow>;
  /** Whether the window was read from the journal. */
  readonly isLoaded: Signal<boolean>;
  /** Whether the view follows new messages. While it does not, a full window stays as it is. */
  isFollowing: boolean;
}

const threads = new Map<string, Thread>();

/** The events of a conversation, which are empty until they are loaded. */
export function threadOf(account: string, peer: string): Thread {
  const key = conversationKey(account, peer);
  const known = threads.get(key);
  if (known !== undefined) {
    threads.delete(key);
    threads.set(key, known);
    return known;
  }
  const thread: Thread = {
    account,
    peer,
    window: signal(EMPTY_WINDOW),
    isLoaded: signal(false),
    isFollowing: true,
  };
  threads.set(key, thread);
  if (threads.size > MAX_THREADS) threads.delete(threads.keys().next().value!);
  return thread;
}

export function clearThreads(): void {
  threads.clear();
  generation.value++;
}

/** Changes when all threads have been dropped, so that an open conversation is loaded again. */
export const generation: Signal<number> = signal(0);

/** Adds live events to the conversations that are in memory, with one copy of each window. */
export function takeThreadEvents(frames: readonly EventFrame[]): void {
  const added = new Map<Thread, EventFrame[]>();
  for (const frame of frames) {
    const peer = peerOf(frame);
    if (peer === undefined) continue;
    const thread = threads.get(conversationKey(frame.account, peer));
    if (thread === undefined || !thread.isLoaded.peek()) continue;
    const own = added.get(thread);
    if (own === undefined) added.set(thread, [frame]);
    else own.push(frame);
  }
  for (const [thread, own] of added) {
    thread.window.value = withLive(
      thread.window.peek(),
      own,
      thread.isFollowing,
    );
  }
}

/** Adds an own message whose position its result has brought. */
export function takeSent(frame: EventFrame): void {
  takeThreadEvents([frame]);
}

/** Reads the newest events. */
export async function loadNewest(thread: Thread): Promise<void> {
  const { events, more, oldest } = await read(thread, {});
  const now = thread.window.peek();
  // Live events may have come while the answer was on its way.
  const live = thread.isLoaded.peek() || now.hasNewer ? [] : now.events;
  thread.window.value = withNewer({
    events,
    hasOlder: more,
    hasNewer: false,
    oldestKept: oldest,
  }, live);
  thread.isLoaded.value = true;
}

/** Reads the events around a position. */
export async function loadAround(thread: Thread, seq: number): Promise<void> {
  const [older, newer] = await Promise.all([
    read(thread, { before: seq, limit: PAGE / 2 }),
    read(thread, { after: seq - 1, limit: PAGE / 2 }),
  ]);
  thread.window.value = {
    events: [...older.events, ...newer.events],
    hasOlder: older.more,
    hasNewer: newer.more,
    oldestKept: older.oldest,
  };
  thread.isLoaded.value = true;
}

/** Position of the first event at or after a time; `undefined` if there is none. */
export async function findSince(
  thread: Thread,
  since: string,
): Promise<number | undefined> {
  const { events } = await read(thread, { since, limit: 1 });
  return events[0]?.seq;
}

/** Adds the page before the window. */
export async function loadOlder(thread: Thread): Promise<void> {
  const { events: known, hasOlder } = thread.window.peek();
  const before = known[0]?.seq;
  if (!hasOlder || before === undefined) return;
  const { events, more, oldest } = await read(thread, { before });
  // The view may have jumped elsewhere while the page was on its way.
  if (thread.window.peek().events[0]?.seq !== before) return;
  thread.window.value = {
    ...withOlder(thread.window.peek(), events, more),
    oldestKept: oldest,
  };
}

/** Adds the page after the window. */
export async function loadNewer(thread: Thread): Promise<void> {
  const { events: known, hasNewer } = thread.window.peek();
  const after = known.at(-1)?.seq;
  if (!hasNewer || after === undefined) return;
  const { events, more } = await read(thread, { after });
  if (thread.window.peek().events.at(-1)?.seq !== after) return;
  thread.window.value = withNewer(thread.window.peek(), events, more);
}

/** Searches the texts of a conversation, newest first, from before a position. */
export async function searchThread(
  thread: Thread,
  text: string,
  before?: number,
): Promise<{ events: EventFrame[]; more: boolean; from: number }> {
  const { events, more, searched } = await read(thread, {
    text,
    limit: 50,
    ...(before === undefined ? {} : { before }),
  });
  return { events: events.reverse(), more, from: searched.from };
}

function read(
  { account, peer }: Thread,
  params: {
    before?: number;
    after?: number;
    since?: string;
    text?: string;
    limit?: number;
  },
) {
  return command("history", {
    with: peer,
    events: EVENTS,
    limit: PAGE,
    ...params,
  }, { account });
}
