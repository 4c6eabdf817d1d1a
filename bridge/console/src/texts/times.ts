/** Formats times for the user, in the shown language. @module */

import { languageTag } from "./preferences.ts";
import { t } from "./strings.ts";

const DAY_MS = 24 * 3600_000;

/** Time of day, such as `14:05`. */
export function clockTime(at: string | number): string {
  return format(at, { hour: "2-digit", minute: "2-digit", hour12: false });
}

/** Time of day with seconds, such as `14:05:09`. */
export function exactTime(at: string | number): string {
  return format(at, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  });
}

/** Time of day with milliseconds, such as `14:05:09.120`. */
export function preciseTime(at: string | number): string {
  return format(at, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    hour12: false,
  });
}

/** `Today`, `Yesterday`, or the date. */
export function dayName(at: string | number, now = Date.now()): string {
  const day = new Date(at).toDateString();
  if (day === new Date(now).toDateString()) return t("today");
  if (day === new Date(now - DAY_MS).toDateString()) return t("yesterday");
  return format(at, { year: "numeric", month: "long", day: "numeric" });
}

/** The time of day if it is today, else the date. */
export function shortTime(at: string | number, now = Date.now()): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return isToday
    ? clockTime(at)
    : format(at, { month: "short", day: "numeric" });
}

export function wholeTime(at: string | number): string {
  return format(at, { dateStyle: "medium", timeStyle: "medium" });
}

/** Cached, because creating a formatter is slow and a conversation shows up to a thousand times. */
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

/** Steps of durations, the largest first. */
const STEPS = [
  ["day", DAY_MS],
  ["hour", 3600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

/** A length of time in its largest whole unit, such as `3 hr`. */
export function formatDuration(ms: number): string {
  const [unit, length] = STEPS.find(([, length]) => ms >= length) ??
    ["second", 1000];
  return new Intl.NumberFormat(languageTag(), {
    style: "unit",
    unit,
    maximumFractionDigits: 0,
  }).format(Math.max(1, Math.floor(ms / length)));
}
