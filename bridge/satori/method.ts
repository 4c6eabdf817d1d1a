/** How Satori's methods are defined, and the schemas of their parameters. @module */

import { MAX_SHORT_TEXT_CHARACTERS, QQ_NUMBER_PATTERN } from "../../mod.ts";
import * as z from "../deps_zod.ts";
import { type Call, type CallContext, defineCall } from "../endpoint/calls.ts";

export const uin: z.ZodString = z.string({ error: "must be a QQ number" })
  .regex(QQ_NUMBER_PATTERN, { error: "must be a QQ number" });

export const shortText: z.ZodString = z.string({ error: "must be a text" })
  .max(MAX_SHORT_TEXT_CHARACTERS, {
    error: `must be a text of at most ${MAX_SHORT_TEXT_CHARACTERS} characters`,
  });

export const text: z.ZodString = z.string({ error: "must be a text" });

/** No parameters; some clients send some all the same. */
export const none: z.ZodObject<Record<never, never>> = z.object({});

/** Defines a method by its name, its parameters, and what it does. */
export function method<T>(
  name: string,
  params: z.ZodType<T>,
  run: (context: CallContext, params: T) => unknown,
): readonly [name: string, method: Call] {
  return defineCall(name, "the body", params, run);
}
