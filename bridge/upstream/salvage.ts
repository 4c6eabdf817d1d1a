/** Replaces events that the journal rejects, because they may be the only copy of mail. @module */

import { toDrafts } from "../journal/draft.ts";
import { JournalLimitError } from "../journal/limits.ts";
import type { NewEvent } from "../journal/event.ts";

/** Whether the journal rejected the batch itself, so that no retry can succeed. */
export function isTransient(error: unknown): boolean {
  return (error instanceof TypeError || error instanceof RangeError) &&
    !(error instanceof JournalLimitError);
}

/** Replaces the events that the journal would reject by `unknown` ones that hold all their data. */
export function salvage(
  events: readonly NewEvent[],
  account: string,
  at: number,
): NewEvent[] {
  return events.map((event) =>
    holds(event) ? event : toUnknownEvent(event, account, at)
  );
}

/** An `unknown` event that holds all data of an event as text. */
export function toUnknownEvent(
  { event, data }: NewEvent,
  account: string,
  at: number,
): NewEvent {
  return { account, at, event: "unknown", data: { raw: textOf(event, data) } };
}

function holds(event: NewEvent): boolean {
  try {
    toDrafts({ events: [event] });
    return true;
  } catch {
    return false;
  }
}

function textOf(event: unknown, data: unknown): string {
  try {
    return JSON.stringify({ event, data });
  } catch {
    // It cannot be JSON as a whole: convert each field by itself.
    const fields = Object.entries(Object(data)).map(([name, value]) =>
      `${name}=${String(value)}`
    );
    return `${String(event)} ${fields.join("&")}`;
  }
}
