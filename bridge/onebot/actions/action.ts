/** How actions are defined, and the state of an account. @module */

import type * as z from "../../deps_zod.ts";
import {
  type Call,
  type CallContext,
  defineCall,
} from "../../endpoint/calls.ts";
import type { RequestContext } from "../../endpoint/profile_cache.ts";
import type { AccountStatus } from "../events.ts";

/** Defines an action by its name, its parameters, and what it does. */
export function action<T>(
  name: string,
  params: z.ZodType<T>,
  run: (context: CallContext, params: T) => unknown,
): readonly [name: string, action: Call] {
  return defineCall(name, "params", params, run);
}

/** Returns what the account does now. */
export function statusOf(
  { bridge, grant, account }: RequestContext,
): AccountStatus {
  const state = bridge.accounts(grant)
    .find(({ uin }) => uin === account)?.state ?? "offline";
  const online = state === "online" || state === "penalised";
  return {
    online,
    good: state === "online" && bridge.journal.failure === undefined,
    state,
  };
}
