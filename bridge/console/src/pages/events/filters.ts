/** Filters of the journal, in the address and applied to events. @module */

import type { BridgeCommandParams } from "../../../../../lib/bridge_client/bridge_commands.ts";
import {
  type EventFrame,
  type EventName,
  matchesEvent,
} from "../../../../../lib/frames/events.ts";

/** Which events are shown. A part that is absent selects all. */
export interface Filters {
  account?: string;
  /** Names, or what precedes their dot. */
  events?: readonly string[];
  /** QQ number of the other side. */
  peer?: string;
  /** ISO 8601; the first time that is shown. */
  since?: string;
  /** ISO 8601; the first time that is not shown any more. */
  until?: string;
  /** Events after this position. */
  after?: number;
  /** Searched in texts. It is in no address, as it may be private. */
  text?: string;
}

const NUMBER = /^\d{1,20}$/;

/** Reads the filters of an address; what is invalid is left out. */
export function parseFilters(query: URLSearchParams): Filters {
  const number = (name: string) => {
    const text = query.get(name);
    return text !== null && NUMBER.test(text) ? text : undefined;
  };
  const time = (name: string) => {
    const text = query.get(name);
    return text !== null && !Number.isNaN(Date.parse(text))
      ? new Date(text).toISOString()
      : undefined;
  };
  const events = query.get("events")?.split(",").filter((one) => one !== "");
  const after = number("after");
  return withoutAbsent({
    account: number("account"),
    events: events === undefined || events.length === 0 ? undefined : events,
    peer: number("peer"),
    since: time("since"),
    until: time("until"),
    after: after === undefined ? undefined : Number(after),
  });
}

/** Formats the filters for an address, without the text. */
export function formatFilters(
  { account, events, peer, since, until, after }: Filters,
): Record<string, string | number | undefined> {
  return { account, events: events?.join(","), peer, since, until, after };
}

/** A filter without the parts that are `undefined`. */
export function withoutAbsent(
  filters: { [N in keyof Filters]: Filters[N] | undefined },
): Filters {
  return Object.fromEntries(
    Object.entries(filters).filter(([, one]) => one !== undefined),
  );
}

/** Parameters of `history` that select the same events. */
export function toParams(
  { events, peer, since, until, after, text }: Filters,
): BridgeCommandParams<"history"> {
  return {
    ...(events === undefined ? {} : { events: [...events] }),
    ...(peer === undefined ? {} : { with: peer }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(after === undefined ? {} : { after }),
    ...(text === undefined || text === "" ? {} : { text }),
  };
}

/** Whether `history` reads from the oldest matching event on. */
export function isForwards({ after, since, until }: Filters): boolean {
  return (after !== undefined || since !== undefined) && until === undefined;
}

/** Subscription that receives at least the events of the filters. */
export function toSubscription(
  { account, events }: Filters,
): { accounts?: readonly string[]; events?: readonly string[] } {
  return {
    ...(account === undefined ? {} : { accounts: [account] }),
    ...(events === undefined ? {} : { events }),
  };
}

/** Whether an event passes the filters, as `history` decides it. */
export function passes(frame: EventFrame, filters: Filters): boolean {
  const { account, events, peer, since, until, after, text } = filters;
  if (account !== undefined && frame.account !== account) return false;
  if (events?.some((one) => matchesEvent(frame.event, one)) === false) {
    return false;
  }
  if (peer !== undefined && partyOf(frame) !== peer) return false;
  const at = Date.parse(frame.at);
  if (since !== undefined && at < Date.parse(since)) return false;
  if (until !== undefined && at >= Date.parse(until)) return false;
  if (after !== undefined && frame.seq <= after) return false;
  return text === undefined || text === "" ||
    textOf(frame)?.toLowerCase().includes(text.toLowerCase()) === true;
}

/** QQ number of the other side of an event; `undefined` if there is none. */
export function partyOf({ data }: EventFrame): string | undefined {
  const { from, to } = data as { from?: string; to?: string };
  return from ?? to;
}

/** Text of an event; `undefined` if it has none. */
export function textOf({ data }: EventFrame): string | undefined {
  return "text" in data ? data.text : undefined;
}

/** What an event says, in one line. */
export function excerptOf(frame: EventFrame): string {
  const { data } = frame;
  switch (frame.event as EventName) {
    case "presence":
      return "status" in data ? data.status : "";
    case "account.state": {
      if (!("state" in data)) return "";
      return data.reason === undefined
        ? data.state
        : `${data.state}: ${data.reason}`;
    }
    default:
      return textOf(frame) ?? ("raw" in data ? data.raw : "");
  }
}
