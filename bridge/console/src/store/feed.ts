/** Passes what the bridge sends to the stores of the pages. @module */

import type { EventFrame } from "../../../../lib/frames/events.ts";
import { batch, effect, type Signal, signal } from "../deps.ts";
import { connect, disconnect } from "../link/link.ts";
import { clearFrames } from "../link/recorder.ts";
import { hasScope, session } from "../link/session.ts";
import {
  accounts,
  clearAccounts,
  isOnline,
  loadAccounts,
  takeState,
} from "./accounts.ts";
import { announceEvents } from "./announcer.ts";
import {
  clearInbox,
  forgetAccount,
  reloadInbox,
  takeInboxEvent,
} from "./inbox.ts";
import { clearThreads, takeThreadEvents } from "./messages.ts";
import { clearTroubles, loadTroubles } from "./troubles.ts";
import { Pace } from "./pace.ts";
import { closeOutbox, openOutbox, takeEcho } from "./outbox.ts";
import { clearPeople, forgetPresence, friends, loadFriends } from "./people.ts";

/** How often marks and requests are asked for again while the page is visible: other clients change them. */
const RELOAD_MS = 60_000;

/** Least time between two such questions, when the user comes back to the page. */
const LEAST_MS = 2000;

/** When failing targets and lagging consumers are asked for after a connection opens: what the page shows goes first. */
const TROUBLES_AFTER_MS = 1000;

/** Maximum number of events that are applied in one task; the rest follow in the next. */
const SLICE = 500;

/** Why the first data could not be loaded; `undefined` while it can. */
export const loadError: Signal<unknown> = signal(undefined);

/** Called with the events that were applied together, after the stores have taken them. */
export const eventListeners: Set<(frames: readonly EventFrame[]) => void> =
  new Set();

/** Connects while the page is signed in. */
export function followSession(): void {
  let end: (() => void) | undefined;
  let wasIn = false;
  effect(() => {
    const isIn = session.value !== null && session.value !== undefined;
    if (isIn === wasIn) return;
    wasIn = isIn;
    // Leave the effect first: the code below sets signals that would run it again.
    queueMicrotask(() => {
      if (isIn) end = begin();
      else {
        end?.();
        forget();
      }
    });
  });
}

function begin(): () => void {
  let first: ReturnType<typeof setTimeout> | undefined;
  connect({
    onOpen: () => {
      void reload();
      clearTimeout(first);
      first = setTimeout(lookForTroubles, TROUBLES_AFTER_MS);
    },
    onEvent: collect,
    onGap: () => {
      clearThreads();
      void reload();
    },
  });
  openOutbox();
  let last = Date.now();
  const look = () => {
    if (document.hidden || Date.now() - last < LEAST_MS) return;
    last = Date.now();
    if (hasScope("read")) reloadInbox().catch(() => {});
    lookForTroubles();
  };
  const timer = setInterval(look, RELOAD_MS);
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  return () => {
    clearInterval(timer);
    clearTimeout(first);
    document.removeEventListener("visibilitychange", look);
    removeEventListener("focus", look);
  };
}

function lookForTroubles(): void {
  if (hasScope("read")) loadTroubles().catch(() => {});
}

/** Loads what every page needs: three commands, whatever the number of accounts. */
export async function reload(): Promise<void> {
  if (!hasScope("read")) return;
  try {
    await Promise.all([loadAccounts(), reloadInbox("user")]);
    loadError.value = undefined;
  } catch (error) {
    loadError.value = error;
  }
}

/** Events that came since some were applied. */
let collected: EventFrame[] = [];

const pace = new Pace(apply);

function collect(frame: EventFrame): void {
  collected.push(frame);
  pace.ask();
}

function apply(): void {
  const frames = collected.slice(0, SLICE);
  collected = collected.slice(SLICE);
  if (collected.length > 0) setTimeout(apply);
  let mustLoadAccounts = false;
  batch(() => {
    for (const frame of frames) {
      const wasOnline = isOnline(accounts.peek(frame.account));
      mustLoadAccounts = takeState(frame) || mustLoadAccounts;
      if (wasOnline && !isOnline(accounts.peek(frame.account))) {
        forgetPresence(frame.account);
      }
      if (frame.event === "account.removed") {
        forgetAccount(frame.account);
      }
      takeEcho(frame);
      takeInboxEvent(frame);
      takeFriends(frame);
    }
    takeThreadEvents(frames);
  });
  announceEvents(frames);
  for (const listener of eventListeners) listener(frames);
  if (mustLoadAccounts) void loadAccounts().catch(() => {});
}

/** Lists of friends that are shown change with these events. */
function takeFriends({ account, event }: EventFrame): void {
  const isChange = event === "friend.added" || event === "friend.accepted" ||
    event === "account.state" && isOnline(accounts.peek(account));
  if (!isChange || friends.peek(account) === undefined) return;
  void loadFriends(account, "background").catch(() => {});
}

function forget(): void {
  disconnect();
  pace.stop();
  collected = [];
  closeOutbox();
  clearAccounts();
  clearPeople();
  clearInbox();
  clearThreads();
  clearFrames();
  clearTroubles();
}
