/** Accounts to choose from. @module */

import { computed, type ReadonlySignal } from "../deps.ts";
import { accounts, accountUins } from "./accounts.ts";

/** Number and nickname of each account, ascending by number. */
export const accountOptions: ReadonlySignal<
  readonly { value: string; text: string; hint: string }[]
> = computed(() => {
  void accounts.version;
  return accountUins.value.map((uin) => ({
    value: uin,
    text: uin,
    hint: accounts.peek(uin)?.nickname ?? "",
  }));
});
