/** Readiness of the bridge. @module */

import type { AccountHealth, BridgeApi } from "../core/bridge_api.ts";
import { type Grant, reaches } from "../access/grant.ts";

/**
 * Maximum age of an account's last answered poll, in milliseconds. A poll may
 * wait 30 s at the server, and idle polls are 15 s apart.
 */
export const POLL_AGE_MS = 90_000;

/** Every reason why a bridge is not ready. */
export const UNREADY_REASONS = [
  "account_not_online",
  "account_poll_old",
  "cluster_behind",
  "cluster_disconnected",
  "cluster_log_lost",
  "journal_damaged",
  "journal_not_writable",
  "stopping",
] as const;

export type UnreadyReason = typeof UNREADY_REASONS[number];

/** The answer of `/readyz`. */
export interface Readiness {
  /** Whether everything that is configured works. */
  status: "ready" | "unready";
  /** Why it does not, and how often. */
  reasons: { reason: UnreadyReason; count: number; message?: string }[];
  /** Whether events and positions survive the process. */
  journal: "durable" | "memory";
  /** Number of accounts that should be online, and of those that are ready. */
  accounts: { wanted: number; ready: number };
  /** Accounts that should be online and are not ready. Only for a token with the scope read. */
  unready?: (AccountHealth & { problem: UnreadyReason })[];
}

/**
 * Looks whether each wanted account is online and was polled of late, and
 * whether the journal can be written and read.
 *
 * @param bridge The bridge.
 * @param now The time, in milliseconds since 1970.
 * @param options.grant Token whose accounts are listed by number; none if undefined.
 * @param options.stopping Whether the program is ending.
 */
export function readiness(
  bridge: BridgeApi,
  now: number,
  options: { grant?: Grant | undefined; stopping?: boolean } = {},
): Readiness {
  const { grant, stopping = false } = options;
  const wanted = bridge.health().filter((account) => account.wanted);
  const unready = wanted.flatMap((account) => {
    const problem = problemOf(account, now);
    return problem === undefined ? [] : [{ ...account, problem }];
  });
  const { durable, failure, readFailure } = bridge.journal;
  const reasons: Readiness["reasons"] = [];
  for (const reason of ["account_not_online", "account_poll_old"] as const) {
    const count = unready.filter(({ problem }) => problem === reason).length;
    if (count > 0) reasons.push({ reason, count });
  }
  const mayRead = grant?.scopes.has("read") === true;
  const { clusterProblem } = bridge;
  if (clusterProblem !== undefined) {
    reasons.push({ reason: clusterProblem, count: 1 });
  }
  if (stopping) reasons.push({ reason: "stopping", count: 1 });
  for (
    const [reason, error] of [
      ["journal_not_writable", failure],
      ["journal_damaged", readFailure],
    ] as const
  ) {
    if (error === undefined) continue;
    reasons.push({
      reason,
      count: 1,
      ...(mayRead ? { message: error.message } : {}),
    });
  }
  return {
    status: reasons.length === 0 ? "ready" : "unready",
    reasons,
    journal: durable ? "durable" : "memory",
    accounts: { wanted: wanted.length, ready: wanted.length - unready.length },
    ...(mayRead
      ? { unready: unready.filter(({ uin }) => reaches(grant, uin)) }
      : {}),
  };
}

function problemOf(
  account: AccountHealth,
  now: number,
): UnreadyReason | undefined {
  if (account.state !== "online") return "account_not_online";
  // The first poll after a login may wait at the server; until then the login
  // counts.
  const heardAt = Math.max(account.lastPollAt ?? 0, Date.parse(account.since));
  return now - heardAt > POLL_AGE_MS ? "account_poll_old" : undefined;
}
