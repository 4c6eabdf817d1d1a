/** Passes what the bridge sends to the stores of the views. @module */

import { MAX_HISTORY_EVENTS } from "../../../../lib/frames/limits.ts";
import type { EventFrame } from "../../../../lib/frames/events.ts";
import { accounts, loadAccounts, takeState } from "./accounts.ts";
import {
  clearContacts,
  contactOf,
  loadFriends,
  meet,
  nameOf,
  takeContact,
} from "./contacts.ts";
import {
  clearThreads,
  loadThread,
  openMarks,
  takeEvent,
  takeEvents,
  threads,
} from "./conversations.ts";
import { batch, effect, type Signal, signal } from "../deps.ts";
import { countEvent, startFigures } from "./figures.ts";
import { command, connect, disconnect, status } from "../link/link.ts";
import { clearFrames } from "../link/recorder.ts";
import { hasScope, session } from "../link/session.ts";
import { t } from "../texts/strings.ts";
import { isIncoming, peerOf } from "./thread.ts";

/** Text for screen readers: the last message. */
export const announcement: Signal<string> = signal("");

/** Pages of an account's journal read at first, for recent messages and open requests. */
const PAGES = 3;

/** Accounts whose journal and friends have been loaded. */
const known = new Set<string>();

/** Connects while the page is signed in. */
export function followSession(): void {
  let endFigures: (() => void) | undefined;
  let wasIn = false;
  effect(() => {
    const isIn = session.value !== null && session.value !== undefined;
    if (isIn === wasIn) return;
    wasIn = isIn;
    // Leave the effect first: the code below sets signals that would run it again.
    queueMicrotask(() => {
      if (isIn) {
        connect({ onOpen: opened, onEvent: event, onGap: () => void reload() });
        endFigures = startFigures();
      } else {
        disconnect();
        endFigures?.();
        forget();
      }
    });
  });
}

/** Loads the recent events and the friends of an account. */
export async function openAccount(account: string): Promise<void> {
  known.add(account);
  const events = await recentEvents(account);
  batch(() => {
    takeEvents(events);
    for (const frame of events) takeState(frame);
  });
  await refreshFriends(account);
  meet(account, account);
  for (const frame of events) {
    const peer = peerOf(frame);
    if (peer !== undefined && !contactOf(account, peer).isFriend) {
      meet(account, peer);
    }
  }
}

async function recentEvents(account: string): Promise<EventFrame[]> {
  const all: EventFrame[] = [];
  for (let page = 0; page < PAGES; page++) {
    const { events, more } = await command("history", {
      limit: MAX_HISTORY_EVENTS,
      ...(all[0] === undefined ? {} : { before: all[0].seq }),
    }, { account });
    all.unshift(...events);
    if (!more) break;
  }
  return all;
}

function opened(): void {
  if (!hasScope("read")) return;
  if (status.value.state === "open") openMarks(status.value.welcome.epoch);
  void refresh();
}

async function refresh(): Promise<void> {
  try {
    for (const { uin } of await loadAccounts()) {
      if (known.has(uin)) await refreshFriends(uin);
      else await openAccount(uin);
    }
  } catch {
    // The connection is lost again: the next one calls refresh.
  }
}

/** The QQ server lists friends only for an account that is logged in. */
async function refreshFriends(account: string): Promise<void> {
  const state = accounts.value?.find(({ uin }) => uin === account)?.state;
  if (state !== "online" && state !== "penalised") return;
  await loadFriends(account).catch(() => {});
}

function event(frame: EventFrame): void {
  countEvent();
  batch(() => {
    takeState(frame);
    takeContact(frame);
    takeEvent(frame);
  });
  if (frame.event === "account.state" && frame.data.state === "online") {
    void (known.has(frame.account)
      ? refreshFriends(frame.account)
      : openAccount(frame.account)).catch(() => {});
  }
  if (isIncoming(frame)) announce(frame);
}

function announce(frame: EventFrame): void {
  const peer = peerOf(frame)!;
  const { text } = frame.data as { text: string };
  const name = nameOf(contactOf(frame.account, peer));
  announcement.value = t("newMessage", { name, text });
}

/** Reads again what the journal still has, after a gap. */
async function reload(): Promise<void> {
  const open = [...threads.value.values()].filter(({ loaded }) => loaded);
  clearThreads();
  known.clear();
  if (status.value.state === "open") openMarks(status.value.welcome.epoch);
  await refresh();
  for (const { account, peer } of open) {
    await loadThread(account, peer).catch(() => {});
  }
}

function forget(): void {
  known.clear();
  accounts.value = undefined;
  clearContacts();
  clearThreads();
  clearFrames();
  announcement.value = "";
}
