/** Counts that the menu and the title show. @module */

import { computed, type ReadonlySignal } from "../deps.ts";
import { requests, totalUnread } from "../store/inbox.ts";

/** Unread messages and waiting requests of all accounts. */
export const waitingCount: ReadonlySignal<number> = computed(() =>
  totalUnread.value + requests.value.total
);

/** Counts by the name of the page. */
export const badges: ReadonlySignal<ReadonlyMap<string, number>> = computed(
  () => new Map([["chats", waitingCount.value]]),
);
