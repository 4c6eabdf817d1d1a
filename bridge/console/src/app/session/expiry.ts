/** Knows two minutes ahead that the sign-in ends. @module */

import { effect, type Signal, signal } from "../../deps.ts";
import { renewSession, session } from "../../link/session.ts";

/** How long before its end the user is warned, in milliseconds. */
const WARN_MS = 120_000;

/** Time until the bridge is asked again after it did not answer, in milliseconds. */
const RETRY_MS = 15_000;

/** Longest time that a timer can take, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** When the sign-in ends, in milliseconds since 1970; `undefined` until it is near. */
export const endsAt: Signal<number | undefined> = signal(undefined);

let timer: ReturnType<typeof setTimeout> | undefined;

/** Watches the end of each sign-in. */
export function followExpiry(): () => void {
  return effect(() => {
    const end = Date.parse(session.value?.expiresAt ?? "");
    endsAt.value = undefined;
    clearTimeout(timer);
    if (!Number.isNaN(end)) wait(end);
  });
}

/** Gives the sign-in its whole life again. Returns whether the bridge did so. */
export async function extend(): Promise<boolean> {
  const end = await renewSession(true);
  if (end === undefined) return false;
  endsAt.value = undefined;
  wait(end);
  return true;
}

function wait(end: number): void {
  clearTimeout(timer);
  const waitMs = Math.max(0, end - WARN_MS - Date.now());
  timer = setTimeout(() => void look(), Math.min(waitMs, MAX_TIMER_MS));
}

/** A page that is connected keeps its session alive, so the end may have moved. */
async function look(): Promise<void> {
  const end = await renewSession(false);
  if (end === undefined) {
    timer = setTimeout(() => void look(), RETRY_MS);
  } else if (end - Date.now() <= WARN_MS) endsAt.value = end;
  else wait(end);
}
