/** What an action is, and what it works with. @module */

import type { Clock } from "../../../lib/clock.ts";
import type { SegmentMode } from "../../endpoint/replaced_segments.ts";
import type { z } from "../../deps.ts";
import type { AccountStatus } from "../events.ts";
import { readParams } from "./params.ts";
import type { Asker, People } from "../people.ts";

/** Who calls, and for which account. The grant reaches no other. */
export interface Caller extends Asker {
  /** Whom the bridge knows by name. */
  readonly people: People;
  /** Time. */
  readonly clock: Clock;
  /** What is done with segments that QQ HTTP cannot carry. @default {"text"} */
  readonly segments?: SegmentMode | undefined;
  /** Makes what the call does safe to repeat, see the core's commands. */
  readonly key?: string;
}

/** Does an action; gives its `data`. Throws CommandError, or what should not happen. */
export type Action = (caller: Caller, params: unknown) => Promise<unknown>;

/** Makes actions by name, each of its parameters and what it does. */
export function action<T>(
  name: string,
  params: z.ZodType<T>,
  run: (caller: Caller, params: T) => unknown,
): readonly [name: string, action: Action] {
  return [
    name,
    async (caller, given) => await run(caller, readParams(name, params, given)),
  ];
}

/** What the account does now. */
export function statusOf({ bridge, grant, account }: Asker): AccountStatus {
  const state = bridge.accounts(grant)
    .find(({ uin }) => uin === account)?.state ?? "offline";
  const online = state === "online" || state === "penalised";
  return {
    online,
    good: state === "online" && bridge.journal.failure === undefined,
    state,
  };
}
