/** Accounts and conversations whose messages make no notification and no sound. @module */

import { type Signal, signal } from "../../deps.ts";
import { load, save } from "../../texts/saved.ts";

/** Maximum number of muted accounts and conversations; the one that was muted longest ago is dropped. */
const MAX_MUTED = 1000;

/** QQ numbers of accounts, and `account/peer` of conversations. */
export const muted: Signal<ReadonlySet<string>> = signal(loadMuted());

export function setMuted(key: string, isMuted: boolean): void {
  const rest = [...muted.value].filter((one) => one !== key);
  const all = isMuted ? [...rest, key].slice(-MAX_MUTED) : rest;
  muted.value = new Set(all);
  save("muted", all);
}

/** Forgets all, at the sign-out. */
export function clearMuted(): void {
  muted.value = new Set();
  save("muted", []);
}

function loadMuted(): ReadonlySet<string> {
  const saved = load("muted");
  const all: unknown[] = Array.isArray(saved) ? saved : [];
  return new Set(all.filter((one) => typeof one === "string"));
}
