/** Messages that this page sends, until the server has accepted them. They survive a reload. @module */

import { BridgeError } from "../../../../lib/bridge_client/bridge_error.ts";
import type { EventFrame } from "../../../../lib/frames/events.ts";
import { command } from "../link/link.ts";
import { load, save } from "../texts/saved.ts";
import { conversationKey } from "./inbox_rules.ts";
import { takeInboxEvent } from "./inbox.ts";
import { takeSent } from "./messages.ts";
import {
  findEchoed,
  KEPT_MS,
  MAX_OUTGOING,
  type Outgoing,
  restoreOutgoing,
  stateAfter,
} from "./outbox_rules.ts";
import { SignalMap } from "./signal_map.ts";

/** Longest wait for the answer to a message that has left, in milliseconds. */
const ANSWER_MS = 50_000;

/** Maximum number of drafts; the one that was written longest ago is dropped. */
const MAX_DRAFTS = 200;

const NONE: readonly Outgoing[] = [];

/** Outgoing messages by conversation. */
const outgoing: SignalMap<readonly Outgoing[]> = new SignalMap();

/** What was typed and not sent, by conversation. */
const drafts: SignalMap<string> = new SignalMap();

/** What withdraws a message that has not left. */
const withdrawals = new Map<string, AbortController>();

/** Outgoing messages of a conversation, oldest first. */
export function outgoingOf(account: string, peer: string): readonly Outgoing[] {
  return outgoing.get(conversationKey(account, peer)) ?? NONE;
}

export function draftOf(account: string, peer: string): string {
  return drafts.get(conversationKey(account, peer)) ?? "";
}

export function hasDraft(account: string, peer: string): boolean {
  return draftOf(account, peer) !== "";
}

/** How much of the user's would be lost if drafts and messages were forgotten now. */
export function countUnsent(): { drafts: number; messages: number } {
  const messages = [...outgoing.values()].flat().filter((one) => !one.isEchoed);
  return { drafts: drafts.size, messages: messages.length };
}

/** Keeps what was typed; saved at once, because a timer would lose the last key when the page closes. */
export function setDraft(account: string, peer: string, text: string): void {
  const key = conversationKey(account, peer);
  drafts.delete(key);
  if (text !== "") drafts.set(key, text);
  if (drafts.size > MAX_DRAFTS) drafts.delete(drafts.keys().next().value!);
  const all = [...drafts.keys()].map((one) => [one, drafts.peek(one)]);
  save("drafts", Object.fromEntries(all));
}

/** Sends a message. Returns false if too many of the conversation wait. */
export function sendMessage(
  account: string,
  peer: string,
  text: string,
): boolean {
  const key = conversationKey(account, peer);
  if ((outgoing.peek(key)?.length ?? 0) >= MAX_OUTGOING) return false;
  const at = Date.now();
  void deliver({ key: newKey(), account, peer, text, at, state: "waiting" });
  return true;
}

/**
 * Sends a message again. If its outcome is unknown, the key stays the same, so
 * that it is not sent twice; the key of a failed one has its outcome already.
 */
export function sendAgain(message: Outgoing): void {
  const { account, peer, text, at } = message;
  const isUnknown = message.state === "unknown";
  if (!isUnknown) remove(message);
  const key = isUnknown ? message.key : newKey();
  void deliver({ key, account, peer, text, at, state: "waiting" });
}

/** 128 random bits. `crypto.randomUUID` is missing in pages without TLS. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((one) => one.toString(16).padStart(2, "0")).join("");
}

/** Removes a message. One that has not left is withdrawn. */
export function discard(message: Outgoing): void {
  withdrawals.get(message.key)?.abort(new Withdrawn());
  remove(message);
}

/** Loads what the page had before its reload, and goes on with what had not left. */
export function openOutbox(): void {
  const saved = load("drafts") ?? {};
  for (const [key, text] of Object.entries(saved as Record<string, unknown>)) {
    if (typeof text === "string") drafts.set(key, text);
  }
  for (const one of restoreOutgoing(load("outbox"), Date.now())) {
    if (outgoingOf(one.account, one.peer).some(({ key }) => key === one.key)) {
      continue;
    }
    if (one.state === "waiting") void deliver(one);
    else put(one);
  }
}

/** Stops sending when the session ends; what is saved stays. */
export function closeOutbox(): void {
  for (const one of withdrawals.values()) one.abort(new Withdrawn());
  withdrawals.clear();
  outgoing.clear();
  drafts.clear();
}

/** Forgets messages and drafts for good. */
export function clearOutbox(): void {
  closeOutbox();
  save("drafts", {});
  save("outbox", []);
}

/** An own message may be reported before its command is answered: it is then shown as an event. */
export function takeEcho(frame: EventFrame): void {
  if (frame.event !== "message.sent") return;
  const { to, text } = frame.data;
  const key = conversationKey(frame.account, to);
  const own = findEchoed(outgoing.peek(key) ?? NONE, text);
  if (own !== undefined) put({ ...own, isEchoed: true });
}

/** The user has withdrawn the message, or the session has ended. */
class Withdrawn extends Error {}

/** The bridge did not answer a message that has left. */
class Unanswered extends Error {}

async function deliver(message: Outgoing): Promise<void> {
  const { key, account, peer, text } = message;
  const own = new AbortController();
  withdrawals.set(key, own);
  put({ ...message, state: "waiting" });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hasLeft = false;
  try {
    const { seq } = await command("send", { to: peer, text }, {
      account,
      key,
      signal: own.signal,
      // It waits for the connection as long as its key is honoured.
      timeoutMs: KEPT_MS,
      onWait: (waitMs) =>
        put({ ...message, state: "waiting", waitUntil: Date.now() + waitMs }),
      onSent: () => {
        hasLeft = true;
        put({ ...message, state: "sending" });
        clearTimeout(timer);
        timer = setTimeout(() => own.abort(new Unanswered()), ANSWER_MS);
      },
    });
    remove(message);
    const frame: EventFrame = {
      type: "event",
      seq,
      at: new Date().toISOString(),
      account,
      event: "message.sent",
      data: { to: peer, text },
    };
    takeSent(frame);
    takeInboxEvent(frame);
  } catch (error) {
    if (error instanceof Withdrawn) return;
    put(failed(message, error, hasLeft));
  } finally {
    clearTimeout(timer);
    if (withdrawals.get(key) === own) withdrawals.delete(key);
  }
}

function failed(message: Outgoing, error: unknown, hasLeft: boolean): Outgoing {
  if (error instanceof BridgeError) {
    const { code, message: details } = error;
    return { ...message, state: stateAfter(error), code, details };
  }
  return {
    ...message,
    state: stateAfter({ code: "timeout", sent: hasLeft }),
    code: "outcome_unknown",
  };
}

function put(message: Outgoing): void {
  const key = conversationKey(message.account, message.peer);
  const all = outgoing.peek(key) ?? NONE;
  const at = all.findIndex((one) => one.key === message.key);
  const echoed = all[at]?.isEchoed === true && message.state === "sending";
  const next = echoed ? { ...message, isEchoed: true } : message;
  outgoing.set(key, at < 0 ? [...all, next] : all.with(at, next));
  saveOutgoing();
}

function remove({ account, peer, key }: Outgoing): void {
  const conversation = conversationKey(account, peer);
  const rest = (outgoing.peek(conversation) ?? NONE)
    .filter((one) => one.key !== key);
  if (rest.length === 0) outgoing.delete(conversation);
  else outgoing.set(conversation, rest);
  saveOutgoing();
}

function saveOutgoing(): void {
  save("outbox", [...outgoing.values()].flat());
}
