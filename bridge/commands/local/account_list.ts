/** The list of the command `accounts`. @module */

import {
  ACCOUNT_STATES,
  type AccountDetails,
  type AccountState,
  type BridgeCommandData,
  type BridgeCommandParams,
} from "../../../mod.ts";
import { compareNumbers } from "../../upstream/account_store.ts";

/** Returns a page of accounts, which are ascending by number. */
export function listAccounts(
  accounts: readonly AccountDetails[],
  { states, text, after, limit = Infinity }: BridgeCommandParams<"accounts">,
): BridgeCommandData<"accounts"> {
  const counts = Object.fromEntries(
    ACCOUNT_STATES.map((state) => [state, 0]),
  ) as Record<AccountState, number>;
  for (const { state } of accounts) counts[state]++;
  const part = text?.toLowerCase();
  const chosen = accounts.filter(({ uin, nickname, state }) =>
    states?.includes(state) !== false &&
    (after === undefined || uin !== after && compareNumbers(uin, after) > 0) &&
    (part === undefined || uin.includes(part) ||
      nickname.toLowerCase().includes(part))
  );
  const page = chosen.slice(0, limit);
  return {
    accounts: page,
    counts,
    ...(chosen.length > page.length ? { next: page.at(-1)!.uin } : {}),
  };
}
