/** Counts that the menu and the title show. @module */

import { computed, type ReadonlySignal } from "../deps.ts";
import { requests, totalUnread } from "../store/inbox.ts";
import {
  accountsInNeed,
  failingTargets,
  laggingConsumers,
} from "../store/troubles.ts";
import type { TextName } from "../texts/strings.ts";

/** Unread messages and waiting requests of all accounts. */
export const waitingCount: ReadonlySignal<number> = computed(() =>
  totalUnread.value + requests.value.total
);

/** A count beside the name of a page, and the text that says what is counted. */
export interface Badge {
  readonly count: number;
  readonly text: TextName;
}

/** Badges by the name of the page. */
export const badges: ReadonlySignal<ReadonlyMap<string, Badge>> = computed(
  () => {
    const targets = failingTargets.value;
    const consumers = laggingConsumers.value;
    const all = targets + consumers + accountsInNeed.value;
    return new Map<string, Badge>([
      ["overview", { count: all, text: "needSomebody" }],
      ["chats", { count: waitingCount.value, text: "unread" }],
      ["connections", { count: consumers, text: "consumersLag" }],
      ["targets", { count: targets, text: "targetsFail" }],
    ]);
  },
);
