/** Presence, as friends see it. @module */

import type { Status } from "../../protocol/codes.ts";
import type { Batch } from "../store/batches.ts";
import { isMailboxFull, type State } from "./state.ts";

/** How an account looks to its friends now: `offline` if it is invisible. */
export function seenStatus(state: State, uin: string): Status {
  if (state.robots.has(uin)) return "online";
  const status = state.sessions.get(uin)?.status ?? "offline";
  return status === "invisible" ? "offline" : status;
}

/**
 * Sends the status of an account to the friends that are logged in, if they
 * see another than before. Runs in the act that changed the session, so that
 * acts of one commit send each change once. Others see it in Query_Stat when
 * they log in. A full mailbox gets no such item.
 */
export function sendPresence(state: State, batch: Batch, uin: string): void {
  const status = seenStatus(state, uin);
  const before = state.sentStatuses.get(uin);
  if (status === (before ?? "offline")) return;
  setSent(state, uin, status);
  batch.undo(() => setSent(state, uin, before));
  for (const watcher of state.store.watchers(uin)) {
    if (state.sessions.get(watcher) === undefined) continue;
    if (isMailboxFull(state, watcher)) continue;
    batch.deliver(watcher, { type: "status", from: uin, status });
  }
}

/** Offline accounts have no entry, so that the map has at most one a session. */
function setSent(state: State, uin: string, status: Status | undefined): void {
  if (status === undefined || status === "offline") {
    state.sentStatuses.delete(uin);
  } else state.sentStatuses.set(uin, status);
}

/** Ends the session of an account, and sends what friends see of it. */
export function endSession(state: State, batch: Batch, uin: string): void {
  const { bindings, sessions, polls } = state;
  const session = sessions.get(uin);
  if (session !== undefined) {
    sessions.end(uin);
    batch.undo(() => sessions.put(session));
  }
  batch.after(() => {
    if (sessions.get(uin) === undefined) {
      bindings.unbind(uin);
      polls.end(uin, { type: "not_logged_in" });
    }
  });
  sendPresence(state, batch, uin);
}
