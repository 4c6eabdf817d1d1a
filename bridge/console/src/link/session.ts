/** Sign-in of the page. The token is in a cookie that scripts cannot read. @module */

import { type Signal, signal } from "../deps.ts";
import type { TextName } from "../texts/strings.ts";

/** What the bridge reports about the token that signed in. */
export interface Session {
  name: string;
  scopes: readonly string[];
  /** Version of the bridge. */
  version: string;
}

/** Why the page is not signed in. */
export interface Refusal {
  text: TextName;
  why?: string;
}

const PATH = "/console/session";

/** `undefined` until it is known, `null` if the page is not signed in. */
export const session: Signal<Session | null | undefined> = signal(undefined);

/** Shown on the sign-in page. */
export const refusal: Signal<Refusal | undefined> = signal(undefined);

/** Whether the token of the session has a scope. */
export function hasScope(scope: "read" | "send" | "manage"): boolean {
  return session.value?.scopes.includes(scope) ?? false;
}

/** Removes the token from the address, so that the history does not keep it. `undefined` if the address has none. */
export function takeToken(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return undefined;
  history.replaceState(null, "", location.pathname);
  return token;
}

export async function signIn(token: string): Promise<void> {
  refusal.value = undefined;
  try {
    const response = await fetch(PATH, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
    if (response.ok) {
      session.value = await response.json();
      return;
    }
    refusal.value = await refusalOf(response);
  } catch {
    refusal.value = { text: "unreachable" };
  }
  session.value = null;
}

/** Asks the bridge whether the page is signed in. If the bridge does not answer, a known session stays. */
export async function checkSession(): Promise<void> {
  try {
    const response = await fetch(PATH);
    if (!response.ok) return;
    const found = await response.json();
    if (found.name !== undefined) {
      session.value ??= found;
      return;
    }
    if (session.value) refusal.value = { text: "signedOutByBridge" };
    session.value = null;
  } catch {
    if (session.value === undefined) {
      refusal.value = { text: "unreachable" };
      session.value = null;
    }
  }
}

export async function signOut(): Promise<void> {
  await fetch(PATH, { method: "DELETE" }).catch(() => {});
  session.value = null;
}

async function refusalOf(response: Response): Promise<Refusal> {
  if (response.status === 401) return { text: "wrongToken" };
  if (response.status === 429) return { text: "tooManyTokens" };
  const { detail } = await response.json().catch(() => ({}));
  return { text: "signInFailed", why: detail ?? String(response.status) };
}
