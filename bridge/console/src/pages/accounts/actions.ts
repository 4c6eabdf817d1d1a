/** Actions on accounts, and which of them fits a state. @module */

import type { AccountState } from "../../../../../lib/frames/events.ts";
import type { EN } from "../../texts/en/accounts.ts";
import { command } from "../../link/link.ts";
import {
  type Account,
  loadAccounts,
  removeAccount,
} from "../../store/accounts.ts";

export type Act = "login" | "logout" | "remove";

/** Advice for a state in the user's language; the bridge's own is in English. */
export const DO_TEXTS: Readonly<
  Partial<Record<AccountState, keyof typeof EN>>
> = {
  offline: "doOffline",
  penalised: "doPenalised",
  refused: "doRefused",
  replaced: "doReplaced",
};

/** Whether the account can be logged in. */
export function isOut({ state }: Account): boolean {
  return state === "offline" || state === "refused" || state === "replaced";
}

/** The one action that a card offers first. */
export function primaryOf(account: Account): "chats" | "login" | "password" {
  if (account.state === "refused") return "password";
  return isOut(account) ? "login" : "chats";
}

/** Runs an action for one account. Rejects with BridgeError. */
export async function act(uin: string, which: Act): Promise<void> {
  if (which === "remove") {
    await command("removeAccount", { uin });
    removeAccount(uin);
  } else {
    await command(which, {}, { account: uin });
  }
}

/** Runs an action and loads the accounts again. */
export async function actAndLoad(uin: string, which: Act): Promise<void> {
  await act(uin, which);
  await loadAccounts();
}
