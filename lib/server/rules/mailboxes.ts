/** What a GetMsgEx hands out, and what stays. @module */

import { encodedBytes, type MailItem } from "../../protocol/mailbox.ts";
import type { Batch } from "../store/batches.ts";
import { FOLLOWED_KEYS, SMALL_BODY_BYTES } from "../limits.ts";
import type { MailReader, PollEnd } from "./polls.ts";
import type { State } from "./state.ts";
import type { MailRow, Store } from "../store/store.ts";

/**
 * Takes mail, inside a transaction. Without a key it is gone then. With a key
 * it stays, marked, until another key asks: the same key gets the same again.
 */
function takeMail(
  { store, limits, pollKeys, marked }: State,
  { uin, key, headBytes }: MailReader,
  batch: Batch,
): MailItem[] {
  const mark = store.mark(uin);
  if (key !== null) batch.undo(pollKeys.use(uin, key, mark?.key));
  if (key !== null && mark?.key === key) {
    const items: MailItem[] = [];
    for (const { id, item } of store.mail(uin)) {
      if (id > mark.through) break;
      items.push(item);
    }
    return items;
  }
  // What was marked has arrived, since its reader asks for more.
  if (key !== null && mark !== undefined) {
    store.addFollowedKey(uin, mark.key, FOLLOWED_KEYS);
    store.removeMail(uin, mark.through);
  }
  const most = key === null
    ? Math.min(SMALL_BODY_BYTES, limits.mailBytesPerReply)
    : limits.mailBytesPerReply;
  const rows = oldest(store, uin, limits.mailPerReply, most - headBytes);
  const last = rows.at(-1);
  if (last !== undefined) {
    if (key === null) store.removeMail(uin, last.id);
    else {
      store.setMark(uin, { key, through: last.id });
      marked.set(uin, { key, count: rows.length });
    }
  }
  return rows.map(({ item }) => item);
}

/** Whether a mailbox has nothing but what was handed out with another key. */
function hasOnlyMarked({ store, marked }: State, uin: string, key: string) {
  const handedOut = marked.get(uin);
  return handedOut !== undefined && handedOut.key !== key &&
    handedOut.key === store.mark(uin)?.key &&
    handedOut.count === store.countMail(uin);
}

/** The items that one reply has room for, always at least one. */
function oldest(
  store: Store,
  uin: string,
  mostItems: number,
  mostBytes: number,
): MailRow[] {
  const rows: MailRow[] = [];
  let bytes = 0;
  for (const row of store.mail(uin)) {
    bytes += encodedBytes(row.item);
    const digits = String(rows.length + 1).length;
    if (rows.length > 0 && bytes + digits > mostBytes) break;
    rows.push(row);
    // What is unreadable can only stand at the end of a reply.
    if (rows.length >= mostItems || row.item.type === "unreadable") break;
  }
  return rows;
}

/** Hands new mail to the poll that waits for it, inside the transaction that brought it. */
export function serveMail(state: State, uin: string, batch: Batch): void {
  const port = state.bindings.get(uin);
  if (port !== undefined) return batch.after(() => port.wake());
  const poll = state.polls.get(uin);
  if (poll === undefined) return;
  const items = takeMail(state, poll, batch);
  if (items.length === 0) return;
  batch.after(() => poll.end({ type: "mail", items }));
}

/** What a poll asks for. */
export interface PollRequest extends MailReader {
  /** How long an empty answer is held, in milliseconds. */
  waitMs: number;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}

/** Reads a mailbox, waiting for mail where there is none. */
export async function pollMail(
  state: State,
  { waitMs, signal, ...reader }: PollRequest,
): Promise<PollEnd> {
  const { batches, pollKeys, polls, store } = state;
  const { uin, key } = reader;
  // Who is gone takes nothing along.
  if (signal.aborted) return { type: "gone" };
  const wait = () => polls.wait(reader, waitMs, signal);
  const isFollowed = () => key !== null && pollKeys.isFollowed(uin, key);
  // What is marked now belongs to the reader with the later key.
  if (isFollowed()) return { type: "followed" };
  // What comes is pushed.
  if (state.bindings.get(uin) !== undefined) return { type: "empty" };
  if (store.countMail(uin) === 0) {
    if (key !== null) pollKeys.use(uin, key, undefined);
    return waitMs === 0 ? { type: "empty" } : await wait().ended;
  }
  const act = (batch: Batch): PollEnd | Promise<PollEnd> => {
    if (signal.aborted) return { type: "gone" };
    if (isFollowed()) return { type: "followed" };
    const items = takeMail(state, reader, batch);
    if (items.length > 0) return { type: "mail", items };
    if (waitMs === 0) return { type: "empty" };
    // Registered before anything else can be delivered.
    const poll = wait();
    batch.undo(() => poll.end({ type: "gone" }));
    return poll.ended;
  };
  // It will wait anyway, so it needs no commit of its own for what has arrived.
  const canWait = waitMs > 0 && key !== null && hasOnlyMarked(state, uin, key);
  return await (canWait ? batches.join(act) : batches.run(act));
}
