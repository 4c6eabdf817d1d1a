/** The rules of friend lists. All run inside a transaction. @module */

import type { AddAnswer } from "../../protocol/codes.ts";
import type { Batch } from "../store/batches.ts";
import { isListFull, isMailboxFull, type State } from "./state.ts";

/** Puts each on the other's list. */
export function befriend(state: State, a: string, b: string): void {
  state.store.addFriend(a, b);
  state.store.addFriend(b, a);
}

/**
 * Adds a friend where the other's policy allows it. Who is on the list already
 * is added again without a word; oneself and lists without room are refused.
 * Undefined where the number has no account.
 */
export function addToList(
  state: State,
  batch: Batch,
  uin: string,
  target: string,
): AddAnswer | undefined {
  const account = state.store.account(target);
  if (account === undefined) return undefined;
  if (target === uin) return "refused";
  if (state.store.hasFriend(uin, target)) return "added";
  if (account.policy === "nobody") return "refused";
  if (account.policy === "verify") return "needs_verification";
  if (!haveRoom(state, uin, target)) return "refused";
  befriend(state, uin, target);
  state.store.removeRequest(uin, target);
  batch.deliver(target, { type: "added", from: uin, text: "" });
  return "added";
}

/** Asks to be added. False where that leads nowhere. */
export function ask(
  state: State,
  batch: Batch,
  uin: string,
  target: string,
  reason: string,
): boolean {
  const { store, limits } = state;
  const account = store.account(target);
  if (
    account === undefined || account.policy === "nobody" || target === uin ||
    store.hasFriend(uin, target) || isMailboxFull(state, target)
  ) return false;
  if (!store.hasRequest(uin, target)) {
    if (store.countRequests(target) >= limits.requests) return false;
    store.addRequest(uin, target);
  }
  batch.deliver(target, { type: "request", from: uin, text: reason });
  return true;
}

/** Accepts or refuses a request. False where there is none, or no room. */
export function answerRequest(
  state: State,
  batch: Batch,
  uin: string,
  asker: string,
  answer: "accept" | "refuse",
  reason: string,
): boolean {
  const { store } = state;
  if (!store.hasRequest(asker, uin) || isMailboxFull(state, asker)) {
    return false;
  }
  if (answer === "accept") {
    if (!haveRoom(state, uin, asker)) return false;
    befriend(state, uin, asker);
    // Both may have asked: one answer settles it.
    store.removeRequest(uin, asker);
  }
  store.removeRequest(asker, uin);
  batch.deliver(asker, {
    type: answer === "accept" ? "accepted" : "refused",
    from: uin,
    text: reason,
  });
  return true;
}

function haveRoom(state: State, a: string, b: string): boolean {
  return !isListFull(state, a) && !isListFull(state, b) &&
    !isMailboxFull(state, b);
}
