/**
 * The parameters of actions: read from JSON, a form or a query, so that a text
 * stands for a number or a switch. What an action does not know is passed over.
 *
 * @module
 */

import { CommandError } from "../core/grant.ts";
import { z } from "../deps.ts";

/** Most characters of a reason, a comment, a province. */
export const SHORT_TEXT_CHARS = 256;

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

const uinRule = "must be a QQ number";

/** A QQ number, as a number or a text; a text here. */
export const uin: z.ZodType<string> = z.union([
  z.int().positive().transform(String),
  z.string().regex(/^\d{1,20}$/),
], { error: uinRule });

/** A whole number. */
export function whole(least: number, most: number): z.ZodType<number> {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.union([
    z.int().min(least).max(most),
    z.string().regex(/^-?\d{1,15}$/).transform(Number)
      .pipe(z.int().min(least).max(most)),
  ], { error });
}

/** A switch. */
export function toggle(initial: boolean): z.ZodType<boolean> {
  return z.unknown().transform((value, context) => {
    if (value === undefined) return initial;
    if (YES.has(value)) return true;
    if (NO.has(value)) return false;
    context.addIssue({ code: "custom", message: "must be true or false" });
    return z.NEVER;
  });
}

/** A short text; a number is taken for one. */
export const shortText: z.ZodType<string> = z.union([
  z.string().max(SHORT_TEXT_CHARS),
  z.number().transform(String),
], { error: `must be a text of at most ${SHORT_TEXT_CHARS} characters` });

/** A message, see `textOf`. */
export const message: z.ZodType<unknown> = z.unknown()
  .refine((value) => value !== undefined, { error: "is missing" });

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
  const read = schema.safeParse(withoutNulls(params ?? {}));
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const path = issue?.path.join(".") ?? "";
  throw new CommandError(
    "bad_params",
    `Cannot do ${action}: ${path === "" ? "params" : path} ${
      issue?.message ?? "must be something else"
    }`,
  );
}

function withoutNulls(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== null),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
