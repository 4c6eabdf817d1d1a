/** Presence, as friends see it. @module */

import type { Status } from "../../protocol/codes.ts";
import type { Batch } from "../store/batches.ts";
import type { Session } from "./sessions.ts";
import { isMailboxFull, type State } from "./state.ts";

/** Returns the status that friends see: `offline` for `invisible`. */
function toldStatus(status: Status): Status {
  return status === "invisible" ? "offline" : status;
}

/** How an account looks to its friends now. */
export function seenStatus(state: State, uin: string): Status {
  if (state.robots.has(uin)) return "online";
  const session = state.sessions.get(uin);
  return session === undefined ? "offline" : toldStatus(session.status);
}

/**
 * Sends a change of presence to all logged-in accounts that have the account on
 * their list. Others see it in Query_Stat when they log in. A full mailbox gets
 * no such item.
 */
export function tellPresence(
  state: State,
  batch: Batch,
  uin: string,
  status: Status,
): void {
  for (const watcher of state.store.watchers(uin)) {
    if (state.sessions.get(watcher) === undefined) continue;
    if (isMailboxFull(state, watcher)) continue;
    batch.deliver(watcher, {
      type: "status",
      from: uin,
      status: toldStatus(status),
    });
  }
}

/**
 * What the end of a session brings with it. Who looked offline already stays
 * so without a word: another would tell that they had been there.
 */
export function leave(state: State, batch: Batch, session: Session): void {
  batch.after(() => state.polls.end(session.uin, { type: "not_logged_in" }));
  if (toldStatus(session.status) === "offline") return;
  tellPresence(state, batch, session.uin, "offline");
}
