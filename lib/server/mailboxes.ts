/** What a GetMsgEx hands out, and what stays. @module */

import type { MailItem } from "../protocol/mailbox.ts";
import type { Batch } from "./batches.ts";
import type { Limits } from "./limits.ts";
import type { PollEnd } from "./polls.ts";
import type { State } from "./state.ts";
import type { MailRow, Store } from "./store.ts";

/**
 * Takes mail, inside a transaction. Without a key it is gone then. With a key
 * it stays, marked, until another key asks: the same key gets the same again.
 */
function takeMail(
  store: Store,
  uin: string,
  key: string | null,
  limits: Limits,
): MailItem[] {
  const mark = store.mark(uin);
  if (key !== null && mark?.key === key) {
    const items: MailItem[] = [];
    for (const { id, item } of store.mail(uin)) {
      if (id > mark.through) break;
      items.push(item);
    }
    return items;
  }
  // What was marked has arrived, since its reader asks for more.
  if (key !== null && mark !== undefined) store.removeMail(uin, mark.through);
  const rows = oldest(store, uin, limits);
  const last = rows.at(-1);
  if (last !== undefined) {
    if (key === null) store.removeMail(uin, last.id);
    else store.setMark(uin, { key, through: last.id });
  }
  return rows.map(({ item }) => item);
}

function oldest(store: Store, uin: string, limits: Limits): MailRow[] {
  const rows: MailRow[] = [];
  let chars = 0;
  for (const row of store.mail(uin)) {
    chars += "text" in row.item ? row.item.text.length : 0;
    if (rows.length > 0 && chars > limits.mailCharsPerReply) break;
    rows.push(row);
    if (rows.length >= limits.mailPerReply) break;
  }
  return rows;
}

/** Hands new mail to the poll that waits for it, inside the transaction that brought it. */
export function serveMail(state: State, uin: string, batch: Batch): void {
  const poll = state.polls.get(uin);
  if (poll === undefined) return;
  const items = takeMail(state.store, uin, poll.key, state.limits);
  if (items.length === 0) return;
  batch.after(() => poll.end({ type: "mail", items }));
}

/** What a poll asks for. */
export interface PollRequest {
  /** Whose mailbox. */
  uin: string;
  /** The Idempotency-Key. */
  key: string | null;
  /** How long an empty answer is held, in milliseconds. */
  waitMs: number;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}

/** Reads a mailbox, waiting for mail where there is none. */
export async function pollMail(
  state: State,
  { uin, key, waitMs, signal }: PollRequest,
): Promise<PollEnd> {
  const { batches, limits, polls, store } = state;
  // Who is gone takes nothing along.
  if (signal.aborted) return { type: "gone" };
  const wait = () => polls.wait(uin, key, waitMs, signal);
  if (store.countMail(uin) === 0) {
    return waitMs === 0 ? { type: "empty" } : await wait().ended;
  }
  return await batches.run((batch): PollEnd | Promise<PollEnd> => {
    if (signal.aborted) return { type: "gone" };
    const items = takeMail(store, uin, key, limits);
    if (items.length > 0) return { type: "mail", items };
    if (waitMs === 0) return { type: "empty" };
    // Registered before anything else can be delivered.
    const poll = wait();
    batch.undo(() => poll.end({ type: "gone" }));
    return poll.ended;
  });
}
