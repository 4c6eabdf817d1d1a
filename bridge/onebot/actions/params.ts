/** Schemas of the parameters of actions, which come from JSON, a form or a query. @module */

import { MAX_SHORT_TEXT_CHARACTERS, QQ_NUMBER_PATTERN } from "../../../mod.ts";
import * as z from "../../deps_zod.ts";

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

/** A QQ number, given as a number or a text. */
export const uin: z.ZodType<string> = z.union([
  z.int(UIN).positive(UIN).transform(String),
  z.string().regex(QQ_NUMBER_PATTERN, UIN),
], UIN);

/** A whole number, which a form or a query has as text. */
export function whole(least: number, most: number): z.ZodType<number> {
  const rule = `must be a whole number from ${least} to ${most}`;
  const number = z.int(rule).min(least, rule).max(most, rule);
  return z.union([
    number,
    z.string().regex(/^-?\d{1,15}$/, rule).transform(Number).pipe(number),
  ], rule);
}

/** A switch, which a form or a query has as text. */
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

/** A short text; a number is converted. */
export const shortText: z.ZodType<string> = z.union([
  z.string().max(MAX_SHORT_TEXT_CHARACTERS, SHORT_TEXT),
  z.number().transform(String),
], SHORT_TEXT);

/** A message; `plainMessageOf` reads it. */
export const message: z.ZodType<unknown> = z.custom<unknown>(
  (value) => value !== undefined,
  "is missing",
);

/** An object, which a form or a query has as JSON text. */
export const object: z.ZodType<Record<string, unknown>> = z.preprocess(
  (value) => typeof value === "string" ? parseJson(value) : value,
  z.record(z.string(), z.unknown(), { error: "must be an object" }),
);

export function oneOf<const N extends readonly [string, ...string[]]>(
  names: N,
): z.ZodEnum<{ [K in N[number]]: K }> {
  return z.enum(names, { error: `must be one of ${names.join(", ")}` });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
