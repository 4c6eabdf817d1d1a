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

/** Token of an opened link, and its name, until the user accepts or declines it. */
export const offer: Signal<{ token: string; name: string } | undefined> =
  signal(undefined);

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

/**
 * Opens a link with a token. It signs in if the page is not signed in; else
 * the user is asked, because a link from somewhere else must not change the
 * session unnoticed.
 */
export async function openLink(token: string): Promise<void> {
  await checkSession();
  if (!session.value) return await signIn(token);
  try {
    // The header comes before the cookie, so this looks the token up only.
    const response = await fetch(PATH, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { name } = await response.json();
    // A token that is unknown, or that is signed in already, changes nothing.
    if (name === undefined || name === session.value?.name) return;
    offer.value = { token, name };
  } catch {
    // The bridge did not answer: the session stays.
  }
}

/** Accepts the offer: ends the connection of the old token and signs in with the new one. */
export async function switchToken(): Promise<void> {
  const accepted = offer.value;
  offer.value = undefined;
  if (accepted === undefined) return;
  session.value = undefined;
  await signIn(accepted.token);
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
