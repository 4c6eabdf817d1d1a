/** What the shell knows of a page, and who may use it. @module */

import type { TextName } from "../texts/en/common.ts";
import type { RoutePattern } from "./address.ts";

export type Scope = "read" | "send" | "manage";

/** Groups of the menu, which are also names of their headings. */
export type PageGroup = "talk" | "develop" | "operate";

/** What a token may do, and for which accounts. */
export interface TokenReach {
  readonly scopes: readonly string[];
  readonly accounts: "all" | readonly string[];
}

export interface PageInfo extends RoutePattern {
  /** Name in the menu and in the title of the window. */
  readonly text: TextName;
  /** Letter that opens the page after `g`. */
  readonly letter: string;
  /** Scope without which the page shows nothing. @default any token will do */
  readonly scope?: Scope;
  /** Whether the page is for tokens that reach all accounts. @default false */
  readonly needsAllAccounts?: boolean;
  /** Whether a phone shows it in the bar at the bottom. @default false */
  readonly isOnBar?: boolean;
}

/** What a page needs and the token of the session lacks; `undefined` if it lacks nothing. */
export function lackOf(
  { scope, needsAllAccounts }: PageInfo,
  { scopes, accounts }: TokenReach,
): Scope | "allAccounts" | undefined {
  if (scope !== undefined && !scopes.includes(scope)) return scope;
  if (needsAllAccounts && accounts !== "all") return "allAccounts";
  return undefined;
}

/** Pages to begin with, best first, by what the token may do. */
const STARTS: readonly (readonly [Scope | undefined, readonly string[]])[] = [
  ["manage", ["overview", "chats"]],
  ["read", ["chats"]],
  [undefined, ["playground", "settings"]],
];

/** Name of the page that opens after the sign-in. */
export function startPage(
  pages: readonly PageInfo[],
  session: TokenReach,
): string {
  for (const [scope, names] of STARTS) {
    if (scope !== undefined && !session.scopes.includes(scope)) continue;
    const found = names.map((name) => pages.find((one) => one.name === name))
      .find((page) => page !== undefined && !lackOf(page, session));
    if (found !== undefined) return found.name;
  }
  return "settings";
}
