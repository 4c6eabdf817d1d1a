/** Who is signed in: the token itself is in a cookie that no script sees. @module */

import { type Signal, signal } from "../deps.ts";
import type { TextName } from "../texts/strings.ts";

/** What the bridge tells of the token that signed in. */
export interface Session {
  /** The token's name. */
  name: string;
  /** What it may do. */
  scopes: readonly string[];
  /** The program's version. */
  version: string;
}

/** Why nobody is signed in. */
export interface Refusal {
  text: TextName;
  why?: string;
}

const PATH = "/console/session";

/** Undefined until it is known; null where nobody is signed in. */
export const session: Signal<Session | null | undefined> = signal(undefined);

/** What the sign-in page says. */
export const refusal: Signal<Refusal | undefined> = signal(undefined);

/** Whether the token has a scope. */
export function may(scope: "read" | "send" | "manage"): boolean {
  return session.value?.scopes.includes(scope) ?? false;
}

/** Takes the token out of the address, so that it stays in no history; undefined where there is none. */
export function takeToken(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return undefined;
  history.replaceState(null, "", location.pathname);
  return token;
}

/** Signs in. */
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

/** Asks who is signed in. An answer that does not come changes nothing. */
export async function checkSession(): Promise<void> {
  try {
    const response = await fetch(PATH);
    if (!response.ok) return;
    const told = await response.json();
    if (told.name !== undefined) {
      session.value ??= told;
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

/** Signs out. */
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
