/** What a method of the API is, and what it works with. @module */

import {
  type Clock,
  MAX_SHORT_TEXT_CHARACTERS,
  QQ_NUMBER_PATTERN,
} from "../../mod.ts";
import { readParams } from "../endpoint/params.ts";
import { allows } from "../access/grant.ts";
import type {
  ProfileCache,
  RequestContext,
} from "../endpoint/profile_cache.ts";
import type { SegmentMode } from "../endpoint/replaced_segments.ts";
import { z } from "../deps.ts";

/** Who calls, and for which account. */
export interface Caller extends RequestContext {
  /** Whom the bridge knows by name. */
  readonly people: ProfileCache;
  /** Time. */
  readonly clock: Clock;
  /** What is done with elements that QQ HTTP cannot carry. @default {"text"} */
  readonly segments?: SegmentMode;
}

/** Does a method; gives what it answers. Throws CommandError, or what should not happen. */
export type Method = (caller: Caller, params: unknown) => Promise<unknown>;

/** A QQ number. */
export const uin: z.ZodString = z.string({ error: "must be a QQ number" })
  .regex(QQ_NUMBER_PATTERN, { error: "must be a QQ number" });

/** A short text. */
export const shortText: z.ZodString = z.string({ error: "must be a text" })
  .max(MAX_SHORT_TEXT_CHARACTERS, {
    error: `must be a text of at most ${MAX_SHORT_TEXT_CHARACTERS} characters`,
  });

/** Any text. */
export const text: z.ZodString = z.string({ error: "must be a text" });

/** A method that takes no parameters; some clients send some all the same. */
export const none: z.ZodObject<Record<never, never>> = z.object({});

/** Makes a method of its name, its parameters, and what it does. */
export function method<T>(
  name: string,
  params: z.ZodType<T>,
  run: (caller: Caller, params: T) => unknown,
): readonly [name: string, method: Method] {
  return [
    name,
    async (caller, given) =>
      await run(caller, readParams(name, "the body", params, given)),
  ];
}

/** A nickname that is known, and that the caller may know. */
export function nicknameOf(
  { people, grant }: Caller,
  uin: string,
): string | undefined {
  return allows(grant, "profile") ? people.get(uin)?.nickname : undefined;
}
