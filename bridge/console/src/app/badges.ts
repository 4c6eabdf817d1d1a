/** Counts that the menu and the title show. @module */

import { computed, type ReadonlySignal } from "../deps.ts";
import { unread } from "../store/conversations.ts";

/** Counts by the name of the page. */
export const badges: ReadonlySignal<ReadonlyMap<string, number>> = computed(
  () => {
    const messages = [...unread.value.values()]
      .reduce((sum, count) => sum + count, 0);
    return new Map([["chats", messages]]);
  },
);

/** What waits for the user on all pages. */
export const total: ReadonlySignal<number> = computed(() =>
  [...badges.value.values()].reduce((sum, count) => sum + count, 0)
);
