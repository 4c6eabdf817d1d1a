/** Instants as people read them, in the language shown. @module */

import { languageTag } from "./preferences.ts";
import { t } from "./strings.ts";

const DAY_MS = 24 * 3600_000;

/** The time of a day: `14:05`. */
export function clockTime(at: string | number): string {
  return format(at, { hour: "2-digit", minute: "2-digit", hour12: false });
}

/** The time of a day to the second. */
export function exactTime(at: string | number): string {
  return format(at, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  });
}

/** The day: `Today`, `Yesterday`, or its date. */
export function dayName(at: string | number, now = Date.now()): string {
  const day = new Date(at).toDateString();
  if (day === new Date(now).toDateString()) return t("today");
  if (day === new Date(now - DAY_MS).toDateString()) return t("yesterday");
  return format(at, { year: "numeric", month: "long", day: "numeric" });
}

/** The time where it is today, else the date. */
export function shortTime(at: string | number, now = Date.now()): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return isToday
    ? clockTime(at)
    : format(at, { month: "short", day: "numeric" });
}

/** Date and time. */
export function wholeTime(at: string | number): string {
  return format(at, { dateStyle: "medium", timeStyle: "medium" });
}

/** Making a formatter is slow, and a conversation has a thousand times in it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function format(
  at: string | number,
  options: Intl.DateTimeFormatOptions,
): string {
  const tag = languageTag();
  const key = tag + JSON.stringify(options);
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(tag, options);
    formatters.set(key, formatter);
  }
  return formatter.format(new Date(at));
}
