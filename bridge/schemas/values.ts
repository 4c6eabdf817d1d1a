/** Schemas of the values in frames and parameters. @module */

import {
  EVENT_NAMES,
  matchesEvent,
  NAME_PATTERN,
  QQ_NUMBER_PATTERN,
} from "../../mod.ts";
import * as z from "../deps_zod.ts";

/** Maximum length of a command's key, in characters. */
export const KEY_CHARS = 128;

/** Maximum number of accounts in a filter or a token. */
export const ACCOUNTS = 5000;

/** Maximum number of names in an event filter. */
export const EVENT_FILTERS = 32;

/** The error of a schema: messages put it after the field's name. */
export function rule(text: string): { error: string } {
  return { error: `must be ${text}` };
}

/** A text of `least` to `most` characters. */
export function text(most: number, least = 0): z.ZodString {
  const { error } = rule(
    least === 0
      ? `a text of at most ${most} characters`
      : `a text of ${least} to ${most} characters`,
  );
  return z.string({ error }).min(least, { error }).max(most, { error });
}

/** A text that matches a pattern; `what` describes it in messages. */
export function form(pattern: RegExp, what: string): z.ZodString {
  return z.string(rule(what)).regex(pattern, rule(what));
}

/** A whole number from `least` to `most`. */
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

export function oneOf<const N extends readonly [string, ...string[]]>(
  names: N,
): z.ZodEnum<{ [K in N[number]]: K }> {
  return z.enum(names, rule(`one of ${names.join(", ")}`));
}

/** A list of 1 to `most` items; `what` names them in messages. */
export function list<S extends z.ZodType>(
  items: S,
  most: number,
  what: string,
): z.ZodArray<S> {
  const { error } = rule(`a list of 1 to ${most} ${what}`);
  return z.array(items, { error }).min(1, { error }).max(most, { error });
}

/** A switch that is only ever set. */
export const oneTrue: z.ZodLiteral<true> = z.literal(true, rule("true"));

export const account: z.ZodString = form(
  QQ_NUMBER_PATTERN,
  "a QQ number of 1 to 20 digits as a text",
);

/** An item of an event filter: the name of an event, or the part of one before its dot. */
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

/** A time with its offset from UTC. */
export const instant: z.ZodISODateTime = z.iso.datetime({
  offset: true,
  ...rule("a time of ISO 8601, such as 2027-01-31T12:00:00Z"),
});

export const key: z.ZodString = text(KEY_CHARS, 1);

/** The keys of a code table, as a list that is not empty. */
export function names<N extends string>(
  table: Readonly<Record<N, unknown>>,
): [N, ...N[]] {
  return Object.keys(table) as [N, ...N[]];
}
