/**
 * The parameters of actions: read from JSON, a form or a query, so that a text
 * stands for a number or a switch. What an action does not know is passed over.
 *
 * @module
 */

import { readParams as readDialectParams } from "../../endpoint/params.ts";
import { CommandError } from "../../errors/command_error.ts";
import { MAX_SHORT_TEXT_CHARACTERS, QQ_NUMBER_PATTERN } from "../../../mod.ts";
import { z } from "../../deps.ts";

const YES: ReadonlySet<unknown> = new Set([true, "true", "1", 1, "yes", "on"]);
const NO: ReadonlySet<unknown> = new Set([
  false,
  "false",
  "0",
  0,
  "no",
  "off",
  "",
]);

const UIN = "must be a QQ number";

/** A QQ number, as a number or a text; a text here. */
export const uin: z.ZodType<string> = z.union([
  z.int(UIN).positive(UIN).transform(String),
  z.string().regex(QQ_NUMBER_PATTERN, UIN),
], UIN);

/** A whole number. */
export function whole(least: number, most: number): z.ZodType<number> {
  const rule = `must be a whole number from ${least} to ${most}`;
  const number = z.int(rule).min(least, rule).max(most, rule);
  return z.union([
    number,
    z.string().regex(/^-?\d{1,15}$/, rule).transform(Number).pipe(number),
  ], rule);
}

/** A switch. */
export function toggle(initial: boolean): z.ZodType<boolean> {
  return z.unknown().optional().transform((value, context) => {
    if (value === undefined) return initial;
    if (YES.has(value)) return true;
    if (NO.has(value)) return false;
    context.addIssue({ code: "custom", message: "must be true or false" });
    return z.NEVER;
  });
}

const SHORT_TEXT =
  `must be a text of at most ${MAX_SHORT_TEXT_CHARACTERS} characters`;

/** A short text; a number is taken for one. */
export const shortText: z.ZodType<string> = z.union([
  z.string().max(MAX_SHORT_TEXT_CHARACTERS, SHORT_TEXT),
  z.number().transform(String),
], SHORT_TEXT);

/** A message, see `plainMessageOf`. */
export const message: z.ZodType<unknown> = z.custom<unknown>(
  (value) => value !== undefined,
  "is missing",
);

/** An object, which a form or a query holds as JSON text. */
export const object: z.ZodType<Record<string, unknown>> = z.preprocess(
  (value) => typeof value === "string" ? parsed(value) : value,
  z.record(z.string(), z.unknown(), { error: "must be an object" }),
);

/** One of some words. */
export function oneOf<const N extends readonly [string, ...string[]]>(
  names: N,
): z.ZodEnum<{ [K in N[number]]: K }> {
  return z.enum(names, { error: `must be one of ${names.join(", ")}` });
}

/** Reads parameters; null stands for what is left out. Throws CommandError. */
export function readParams<T>(
  action: string,
  schema: z.ZodType<T>,
  params: unknown,
): T {
  const given = params ?? {};
  if (typeof given !== "object" || Array.isArray(given)) {
    throw new CommandError(
      "bad_params",
      `Cannot do ${action}: params must be an object`,
    );
  }
  return readDialectParams(action, "params", schema, given);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
