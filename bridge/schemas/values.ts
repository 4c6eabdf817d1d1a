/** The values that frames and parameters are made of. @module */

import {
  EVENT_NAMES,
  matchesEvent,
  NAME_PATTERN,
  QQ_NUMBER_PATTERN,
} from "../../mod.ts";
import { z } from "../deps.ts";

/** Most characters of a command's key. */
export const KEY_CHARS = 128;

/** Most accounts that a filter or a token names. */
export const ACCOUNTS = 5000;

/** Most names in a filter of events. */
export const EVENT_FILTERS = 32;

/** A schema's error texts: the rule, which stands behind the field's name. */
export function rule(text: string): { error: string } {
  return { error: `must be ${text}` };
}

/** A text of so many characters. */
export function text(most: number, least = 0): z.ZodString {
  const { error } = rule(
    least === 0
      ? `a text of at most ${most} characters`
      : `a text of ${least} to ${most} characters`,
  );
  return z.string({ error }).min(least, { error }).max(most, { error });
}

/** A text of a form. */
export function form(pattern: RegExp, what: string): z.ZodString {
  return z.string(rule(what)).regex(pattern, rule(what));
}

/** A whole number. */
export function whole(
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): z.ZodNumber {
  const { error } = rule(
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${most}`,
  );
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** One of some names. */
export function oneOf<const N extends readonly [string, ...string[]]>(
  names: N,
): z.ZodEnum<{ [K in N[number]]: K }> {
  return z.enum(names, rule(`one of ${names.join(", ")}`));
}

/** A list of so many. */
export function list<S extends z.ZodType>(
  items: S,
  most: number,
  what: string,
): z.ZodArray<S> {
  const { error } = rule(`a list of 1 to ${most} ${what}`);
  return z.array(items, { error }).min(1, { error }).max(most, { error });
}

/** A QQ number. */
export const account: z.ZodString = form(
  QQ_NUMBER_PATTERN,
  "a QQ number of 1 to 20 digits as a text",
);

/** What a filter of events may hold: an event's name, or what stands before a dot in one. */
export const eventFilter: z.ZodEnum<Record<string, string>> = z.enum(
  eventFilters(),
  rule("an event's name or what stands before its dot"),
);

function eventFilters(): [string, ...string[]] {
  const filters = new Set<string>(EVENT_NAMES);
  for (const name of EVENT_NAMES) {
    const prefix = name.split(".")[0]!;
    if (matchesEvent(name, prefix)) filters.add(prefix);
  }
  return [...filters] as [string, ...string[]];
}

/** The name of a consumer or a token. */
export const consumer: z.ZodString = form(
  NAME_PATTERN,
  "a name of 1 to 64 letters, digits, dots, _ and -",
);

/** A command's key. */
export const key: z.ZodString = text(KEY_CHARS, 1);

/** The names of a code table. */
export function names<N extends string>(
  table: Readonly<Record<N, unknown>>,
): [N, ...N[]] {
  return Object.keys(table) as [N, ...N[]];
}
