/** Events that cannot be journalled as they are, made such that they can: mail may be the only copy. @module */

import { toDrafts } from "../journal/draft.ts";
import { JournalLimitError } from "../journal/limits.ts";
import type { NewEvent } from "../journal/event.ts";

/** Whether an error of the journal says that the batch does not hold, so that it never will. */
export function isTransient(error: unknown): boolean {
  return (error instanceof TypeError || error instanceof RangeError) &&
    !(error instanceof JournalLimitError);
}

/** The events, those that do not hold as `unknown` with all that is known of them. */
export function salvage(
  events: readonly NewEvent[],
  account: string,
  at: number,
): NewEvent[] {
  return events.map((event) =>
    holds(event) ? event : toUnknownEvent(event, account, at)
  );
}

/** An event as `unknown`, with all that is known of it as text. */
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
    // Not even JSON: each field by itself.
    const fields = Object.entries(Object(data)).map(([name, value]) =>
      `${name}=${String(value)}`
    );
    return `${String(event)} ${fields.join("&")}`;
  }
}
