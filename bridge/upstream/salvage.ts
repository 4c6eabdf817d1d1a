/** Replaces events that the journal rejects, because they may be the only copy of mail. @module */

import { toDrafts } from "../journal/draft.ts";
import { JournalLimitError } from "../journal/limits.ts";
import type { NewEvent } from "../journal/event.ts";

/** More than the bytes of `{"raw":""}`. */
const FRAME_BYTES = 32;

/** Most bytes of a UTF-16 code unit in JSON, as `\\u0001`. */
const ESCAPED_BYTES = 6;

/** Whether the journal rejected the batch itself, so that no retry can succeed. */
export function isTransient(error: unknown): boolean {
  return (error instanceof TypeError || error instanceof RangeError) &&
    !(error instanceof JournalLimitError);
}

/**
 * Replaces the events that the journal would reject by `unknown` ones that hold
 * all their data.
 *
 * @param maxEventBytes Bytes that the data of an event may have.
 */
export function salvage(
  events: readonly NewEvent[],
  account: string,
  at: number,
  maxEventBytes = Infinity,
): NewEvent[] {
  return events.flatMap((event) =>
    holds(event, maxEventBytes)
      ? [event]
      : toUnknownEvents(event, account, at, maxEventBytes)
  );
}

/** `unknown` events that hold all data of an event as text, each a part of it if it is too long. */
export function toUnknownEvents(
  { event, data }: NewEvent,
  account: string,
  at: number,
  maxEventBytes = Infinity,
): NewEvent[] {
  const raw = textOf(event, data);
  const partLength = Math.floor((maxEventBytes - FRAME_BYTES) / ESCAPED_BYTES);
  const parts: NewEvent[] = [];
  for (let from = 0; from === 0 || from < raw.length;) {
    let end = Math.min(raw.length, from + partLength);
    // Both halves of a character stay together.
    if (end < raw.length && /[\ud800-\udbff]/.test(raw[end - 1]!)) end--;
    const part = raw.slice(from, end);
    parts.push({ account, at, event: "unknown", data: { raw: part } });
    from = end;
  }
  return parts;
}

function holds(event: NewEvent, maxEventBytes: number): boolean {
  try {
    toDrafts({ events: [event] }, maxEventBytes);
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
