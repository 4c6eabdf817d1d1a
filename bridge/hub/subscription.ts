/** Converts subscriptions to the hub's filters. @module */

import {
  EVENT_NAMES,
  type EventName,
  matchesEvent,
  type Subscription,
} from "../../mod.ts";
import { type Grant, reaches } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import type { Filter, Hub } from "./hub.ts";

/**
 * The filter of a subscription.
 *
 * @throws {CommandError} `forbidden` without the scope read, `unknown_account`
 * for an account that the token does not reach.
 */
export function filterOf(
  hub: Pick<Hub, "selectAccounts">,
  grant: Grant,
  subscription: Subscription,
): Filter {
  assertReads(grant);
  const { accounts, events } = subscription;
  const outside = accounts?.find((account) => !reaches(grant, account));
  if (outside !== undefined) {
    throw new CommandError(
      "unknown_account",
      `Cannot subscribe: the token ${grant.name} reaches no account ${outside}`,
    );
  }
  return {
    ...(accounts === undefined
      ? { accounts: grant.accounts }
      : hub.selectAccounts(accounts)),
    events: events === undefined ? "all" : namesOf(events),
  };
}

/** Throws `forbidden` unless the grant has the scope read. */
export function assertReads({ name, scopes }: Grant): void {
  if (scopes.has("read")) return;
  throw new CommandError(
    "forbidden",
    `Cannot subscribe: the token ${name} does not have the scope read`,
  );
}

/** Sets of names, because thousands of connections want the same ones. There are as many as subsets, at most. */
const SETS = new Map<string, ReadonlySet<EventName>>();

/**
 * Names of the events that match at least one filter, each a name or the part
 * before its dot. Filters that match nothing give an empty set.
 */
export function namesOf(filters: readonly string[]): ReadonlySet<EventName> {
  const names = EVENT_NAMES.filter((name) =>
    filters.some((filter) => matchesEvent(name, filter))
  );
  const key = names.join();
  let set = SETS.get(key);
  if (set === undefined) SETS.set(key, set = new Set(names));
  return set;
}
