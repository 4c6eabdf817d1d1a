/** Sign-in of the page. The bridge exchanges the token for a session. @module */

import { type Signal, signal } from "../deps.ts";
import type { TextName } from "../texts/strings.ts";

/** What the bridge reports about the token that signed in. */
export interface Session {
  name: string;
  /** Id of the token. */
  id: string;
  scopes: readonly string[];
  /** QQ numbers of the accounts that the token reaches, or `all`. */
  accounts: "all" | readonly string[];
  /** When the session ends if no page uses it, ISO 8601. */
  expiresAt: string;
  /** Version of the bridge. */
  version: string;
}

/** Why the page is not signed in. */
export interface Refusal {
  text: TextName;
  why?: string;
}

/** Relative, like all addresses of the console: a proxy may serve it under another path. */
const PATH = "console/session";

/**
 * Where the page keeps its half of the session's secret. The other half is in a
 * cookie, which scripts cannot read but every port of the host receives; the
 * storage belongs to this origin alone.
 */
const PROOF_KEY = "tqq.proof";

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

/** The page's half of the session's secret; `null` if it has none. */
export function readProof(): string | null {
  return localStorage.getItem(PROOF_KEY);
}

/** Fetches from the bridge with the session. */
export function fetchWithSession(
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  const proof = readProof();
  if (proof !== null) headers.set("tqq-proof", proof);
  return fetch(path, { ...init, headers });
}

/** @param keep Whether the session lasts for days, also while no page is open. */
export async function signIn(token: string, keep = false): Promise<void> {
  refusal.value = undefined;
  try {
    const response = await fetchWithSession(PATH, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token, keep }),
    });
    if (response.ok) {
      const { proof, ...found } = await response.json();
      localStorage.setItem(PROOF_KEY, proof);
      session.value = found;
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
    // Without its half the page is not signed in, and the bridge need not be asked with the cookie.
    const response = await fetchWithSession(
      PATH,
      readProof() === null ? { credentials: "omit" } : {},
    );
    if (!response.ok && response.status !== 401) return;
    const found = response.ok ? await response.json() : {};
    if (found.name !== undefined) {
      session.value ??= found;
      return;
    }
    const isEnded = session.value || response.status === 401;
    if (isEnded) refusal.value = { text: "signedOutByBridge" };
    endSession();
  } catch {
    if (session.value === undefined) {
      refusal.value = { text: "unreachable" };
      session.value = null;
    }
  }
}

/**
 * Asks when the session ends, and with `isExtension` gives it its whole life again.
 *
 * @returns When it ends, in milliseconds since 1970; `undefined` if the bridge did not say so.
 */
export async function renewSession(
  isExtension: boolean,
): Promise<number | undefined> {
  try {
    const response = await fetchWithSession(
      isExtension ? `${PATH}?extend` : PATH,
    );
    const { expiresAt } = response.ok ? await response.json() : {};
    return Date.parse(expiresAt) || undefined;
  } catch {
    return undefined;
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
    // The header comes before the session, so this looks the token up only.
    const response = await fetch(PATH, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { name, id } = await response.json();
    // A token that is unknown, or that is signed in already, changes nothing.
    if (name === undefined || id === session.value?.id) return;
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

/** @param isEverywhere Whether all sessions of the token end. */
export async function signOut(isEverywhere = false): Promise<void> {
  const path = isEverywhere ? `${PATH}?everywhere` : PATH;
  await fetchWithSession(path, { method: "DELETE" }).catch(() => {});
  endSession();
}

/** Shows the sign-in page. The session has ended at the bridge. */
export function endSession(): void {
  localStorage.removeItem(PROOF_KEY);
  session.value = null;
}

async function refusalOf(response: Response): Promise<Refusal> {
  if (response.status === 401) return { text: "wrongToken" };
  if (response.status === 429) return { text: "tooManyTokens" };
  const { detail } = await response.json().catch(() => ({}));
  return { text: "signInFailed", why: detail ?? String(response.status) };
}
