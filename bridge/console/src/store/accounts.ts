/** The bridge's accounts, with their true states. @module */

import type { EventFrame } from "../../../../lib/frames/events.ts";
import type { AccountInfo } from "../../../../lib/frames/frames.ts";
import { type Signal, signal } from "../deps.ts";
import { command } from "../link/link.ts";

/** An account, with what is known of its state. */
export interface Account extends AccountInfo {
  /** Why it is in that state, as the bridge says it. */
  reason?: string;
  /** What the user can do, as the bridge says it. */
  action?: string;
}

/** The accounts, ascending by number; undefined until they are known. */
export const accounts: Signal<readonly Account[] | undefined> = signal(
  undefined,
);

/** Asks for the accounts, and keeps what is known of states that have not changed. */
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
 * Takes an `account.state` event. One that is older than what is known tells
 * nothing but why, where the state is still the same: a bridge that was started
 * again has forgotten that.
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
  // The nickname is learnt with the first login.
  if (nickname === "" && state === "online") {
    setTimeout(() => void loadAccounts().catch(() => {}), 1000);
  }
}
