/** Accounts of the bridge and their states. @module */

import type { Status } from "../../../../lib/protocol/codes.ts";
import type { EventFrame } from "../../../../lib/frames/events.ts";
import type { AccountInfo } from "../../../../lib/frames/frames.ts";
import { computed, type ReadonlySignal, type Signal, signal } from "../deps.ts";
import { command } from "../link/link.ts";
import { SignalMap } from "./signal_map.ts";

export interface Account extends AccountInfo {
  /** Why the account is in its state, in the bridge's words. */
  reason?: string;
  /** What the user can do about it, in the bridge's words. */
  action?: string;
  /** Number of the account's own face. */
  face?: number;
  /** When the bridge last polled the account's mailbox, ISO 8601. */
  lastPollAt?: string;
  /** Number of commands that wait for the account. */
  waiting?: number;
}

export const accounts: SignalMap<Account> = new SignalMap();

/** Whether the accounts have been loaded. */
export const areAccountsLoaded: Signal<boolean> = signal(false);

/** Numbers of the accounts, ascending. */
export const accountUins: ReadonlySignal<readonly string[]> = computed(() => {
  void membership.value;
  return [...accounts.keys()].sort(compareUins);
});

/** Changes when an account is added or removed. */
const membership = signal(0);

/** Orders QQ numbers by their value. */
export function compareUins(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** Whether the account's server takes commands now. */
export function isOnline(account: Account | undefined): boolean {
  return account?.state === "online" || account?.state === "penalised";
}

/** Loads the accounts. The reason and the advice stay for states that have not changed. */
export async function loadAccounts(): Promise<void> {
  const { accounts: infos } = await command("accounts", {});
  const left = new Set(accounts.keys());
  let isSame = true;
  for (const info of infos as Account[]) {
    isSame &&= left.delete(info.uin);
    const before = accounts.peek(info.uin);
    const { reason, action } = before?.state === info.state ? before : {
      reason: undefined,
      action: undefined,
    };
    accounts.set(info.uin, {
      ...(reason === undefined ? {} : { reason }),
      ...(action === undefined ? {} : { action }),
      ...info,
    });
  }
  for (const uin of left) accounts.delete(uin);
  if (!isSame || left.size > 0) membership.value++;
  areAccountsLoaded.value = true;
}

export function clearAccounts(): void {
  accounts.clear();
  membership.value++;
  areAccountsLoaded.value = false;
}

/** Notes a presence that this page has asked for. */
export function noteStatus(uin: string, status: Status): void {
  const known = accounts.peek(uin);
  if (known !== undefined) accounts.set(uin, { ...known, status });
}

/**
 * Applies an `account.state` event. From an event older than the known state,
 * only the reason is taken, and only if the state is the same: a restarted
 * bridge no longer knows it.
 *
 * @returns Whether the accounts must be loaded again, because one is not known
 * or its nickname is learnt with its first login.
 */
export function takeState(frame: EventFrame): boolean {
  if (frame.event === "account.removed") {
    removeAccount(frame.account);
    return false;
  }
  if (frame.event !== "account.state") return false;
  const { state, since, reason, action } = frame.data;
  const known = accounts.peek(frame.account);
  if (known === undefined) return true;
  const isOlder = Date.parse(since) < Date.parse(known.since);
  if (isOlder && state !== known.state) return false;
  const { reason: _reason, action: _action, ...rest } = known;
  accounts.set(known.uin, {
    ...rest,
    state,
    since: isOlder ? known.since : since,
    ...(reason === undefined ? {} : { reason }),
    ...(action === undefined ? {} : { action }),
  });
  return known.nickname === "" && state === "online";
}

/** Forgets an account that the bridge has removed. */
export function removeAccount(uin: string): void {
  if (accounts.peek(uin) === undefined) return;
  accounts.delete(uin);
  membership.value++;
}
