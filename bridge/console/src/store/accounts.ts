/** Accounts of the bridge and their states. @module */

import type { EventFrame } from "../../../../lib/frames/events.ts";
import type { AccountInfo } from "../../../../lib/frames/frames.ts";
import { type Signal, signal } from "../deps.ts";
import { command } from "../link/link.ts";

export interface Account extends AccountInfo {
  /** Why the account is in its state, in the bridge's words. */
  reason?: string;
  /** What the user can do about it, in the bridge's words. */
  action?: string;
}

/** Accounts, ascending by number; `undefined` until they are loaded. */
export const accounts: Signal<readonly Account[] | undefined> = signal(
  undefined,
);

/** Loads the accounts. The reason and the advice stay for states that have not changed. */
export async function loadAccounts(): Promise<readonly Account[]> {
  const { accounts: infos } = await command("accounts", {});
  const known = new Map(accounts.value?.map((one) => [one.uin, one]));
  accounts.value = infos
    .map((info): Account => {
      const before = known.get(info.uin);
      if (before?.state !== info.state) return info;
      const { reason, action } = before;
      return {
        ...info,
        ...(reason === undefined ? {} : { reason }),
        ...(action === undefined ? {} : { action }),
      };
    })
    .sort((a, b) => a.uin.length - b.uin.length || (a.uin < b.uin ? -1 : 1));
  return accounts.value;
}

/**
 * Applies an `account.state` event. From an event older than the known state,
 * only the reason is taken, and only if the state is the same: a restarted
 * bridge no longer knows it.
 */
export function takeState(frame: EventFrame): void {
  if (frame.event !== "account.state") return;
  const { state, since, reason, action } = frame.data;
  const known = accounts.value?.find(({ uin }) => uin === frame.account);
  if (known === undefined) {
    void loadAccounts().catch(() => {});
    return;
  }
  const isOlder = Date.parse(since) < Date.parse(known.since);
  if (isOlder && state !== known.state) return;
  const { uin, nickname } = known;
  const next: Account = {
    uin,
    nickname,
    state,
    since: isOlder ? known.since : since,
    ...(reason === undefined ? {} : { reason }),
    ...(action === undefined ? {} : { action }),
  };
  accounts.value = accounts.value!.map((one) => one === known ? next : one);
  // The bridge learns the nickname with the first login.
  if (nickname === "" && state === "online") {
    setTimeout(() => void loadAccounts().catch(() => {}), 1000);
  }
}
