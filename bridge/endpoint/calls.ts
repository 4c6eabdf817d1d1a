/** What a dialect's methods and actions are made of. @module */

import type { Clock } from "../../lib/clock.ts";
import type { BridgeCommandName } from "../../mod.ts";
import { allows } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import type { ProfileCache, RequestContext } from "./profile_cache.ts";
import type { SegmentMode } from "./replaced_segments.ts";

/** Who calls, for which account, and what the call may use. The grant reaches only this account. */
export interface CallContext extends RequestContext {
  readonly people: ProfileCache;
  readonly clock: Clock;
  /** What is done with pieces of messages that QQ HTTP cannot carry. @default {"text"} */
  readonly segments?: SegmentMode | undefined;
  /** Makes what the call does safe to repeat. @default not safe to repeat */
  readonly key?: string;
  /** Called when the token does not allow what the call does. @default nothing is recorded */
  readonly onForbidden?: ((command: BridgeCommandName) => void) | undefined;
}

/** Does a call and returns its result. Rejects with CommandError, or with an error that should not happen. */
export type Call = (context: CallContext, params: unknown) => Promise<unknown>;

/** A schema, as far as parameters need one. */
export interface ParamsSchema<T> {
  /** Reads a value, or returns what is invalid. */
  safeParse(value: unknown): { success: true; data: T } | {
    success: false;
    error: {
      issues: readonly { path: readonly PropertyKey[]; message: string }[];
    };
  };
}

/**
 * Defines a call.
 *
 * @param whole What the dialect calls the parameters together.
 */
export function defineCall<T>(
  name: string,
  whole: string,
  schema: ParamsSchema<T>,
  run: (context: CallContext, params: T) => unknown,
): readonly [name: string, call: Call] {
  return [
    name,
    async (context, params) =>
      await run(context, readParams(name, whole, schema, params)),
  ];
}

/**
 * Reads parameters. `null` means that a parameter is left out, because some
 * clients send it so.
 *
 * @throws {CommandError} If they are invalid.
 */
export function readParams<T>(
  name: string,
  whole: string,
  schema: ParamsSchema<T>,
  params: unknown,
): T {
  const given = params ?? {};
  if (typeof given !== "object" || Array.isArray(given)) {
    throw badParams(name, `${whole} must be an object`);
  }
  const read = schema.safeParse(withoutNulls(given));
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const path = issue?.path.join(".") ?? "";
  throw badParams(
    name,
    `${path === "" ? whole : path} ${issue?.message ?? "is invalid"}`,
  );
}

/** Error for parameters that break a rule. */
export function badParams(name: string, rule: string): CommandError {
  return new CommandError("bad_params", `Cannot do ${name}: ${rule}`);
}

/** Throws CommandError unless the token allows a command. */
export function assertAllows(
  { grant, onForbidden }: Pick<CallContext, "grant" | "onForbidden">,
  command: BridgeCommandName,
  name: string,
): void {
  if (!grant.revoked() && allows(grant, command)) return;
  onForbidden?.(command);
  throw new CommandError(
    "forbidden",
    `Cannot do ${name}: the token ${grant.name} does not allow it`,
  );
}

/** Returns a nickname that is cached and that the caller may know. */
export function cachedNickname(
  { people, grant }: CallContext,
  uin: string,
): string | undefined {
  return allows(grant, "profile") ? people.get(uin)?.nickname : undefined;
}

function withoutNulls(value: object): object {
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== null),
  );
}
