/** The part of a conversation that is in memory, as pure values. @module */

import type { EventFrame } from "../../../../lib/frames/events.ts";

/** Events of a conversation, without holes, in the order of the journal. */
export interface EventWindow {
  /** Ascending by `seq`, without duplicates. */
  readonly events: readonly EventFrame[];
  /** Whether the journal has older events of this conversation. */
  readonly hasOlder: boolean;
  /** Whether there are newer events than those of the window. */
  readonly hasNewer: boolean;
  /** Position of the first event of the account that the journal keeps; 1 if it keeps all. */
  readonly oldestKept: number;
}

/** Maximum number of events kept in memory; the rest stays in the journal. */
export const MAX_EVENTS = 2000;

/** Number of events that are dropped at once, so that not every event moves the window. */
const SLACK = 200;

export const EMPTY_WINDOW: EventWindow = {
  events: [],
  hasOlder: true,
  hasNewer: false,
  oldestKept: 1,
};

/** Adds events that follow the window, or that are in it already. */
export function withNewer(
  window: EventWindow,
  added: readonly EventFrame[],
  hasNewer = window.hasNewer,
): EventWindow {
  const last = window.events.at(-1)?.seq ?? 0;
  const first = window.events[0]?.seq ?? 0;
  const isInside = added.some(({ seq }) => seq > first && seq < last);
  const known = isInside
    ? new Set(window.events.map(({ seq }) => seq))
    : undefined;
  const fresh = added.filter(({ seq }) =>
    known === undefined ? seq > last : seq > first && !known.has(seq)
  );
  if (fresh.length === 0) {
    return hasNewer === window.hasNewer ? window : { ...window, hasNewer };
  }
  let events = [...window.events, ...fresh];
  if (isInside || isUnordered(fresh)) events.sort((a, b) => a.seq - b.seq);
  const isFull = events.length > MAX_EVENTS;
  if (isFull) events = events.slice(events.length - (MAX_EVENTS - SLACK));
  return {
    ...window,
    events,
    hasNewer,
    hasOlder: window.hasOlder || isFull,
  };
}

/** Adds events that came just now, unless newer ones are missing already. */
export function withLive(
  window: EventWindow,
  added: readonly EventFrame[],
  isFollowing: boolean,
): EventWindow {
  if (window.hasNewer) return window;
  if (isFollowing) return withNewer(window, added);
  // Dropping old events would move what is being read.
  const room = Math.max(0, MAX_EVENTS - window.events.length);
  return withNewer(window, added.slice(0, room), added.length > room);
}

/** Adds events that come before the window. Beyond the bound, the newest are dropped. */
export function withOlder(
  window: EventWindow,
  added: readonly EventFrame[],
  hasOlder: boolean,
): EventWindow {
  const first = window.events[0]?.seq ?? Infinity;
  const fresh = added.filter(({ seq }) => seq < first);
  const events = [...fresh, ...window.events];
  const isFull = events.length > MAX_EVENTS;
  return {
    ...window,
    hasOlder,
    events: isFull ? events.slice(0, MAX_EVENTS - SLACK) : events,
    hasNewer: window.hasNewer || isFull,
  };
}

function isUnordered(events: readonly EventFrame[]): boolean {
  return events.some(({ seq }, at) => at > 0 && seq < events[at - 1]!.seq);
}
