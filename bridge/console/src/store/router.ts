/** The shown page, kept in the fragment of the address. @module */

import { isQqNumber } from "../../../../lib/protocol/qq_number.ts";
import { type Signal, signal } from "../deps.ts";

export const PAGES = ["chats", "accounts", "inspector", "figures"] as const;
export type Page = typeof PAGES[number];

export interface Route {
  page: Page;
  /** Account whose chats are shown. */
  account?: string;
  /** QQ number whose conversation is shown. */
  peer?: string;
}

export const route: Signal<Route> = signal(parseRoute(location.hash));

export function formatLink({ page, account, peer }: Route): string {
  return `#/${
    [page, account, peer].filter((one) => one !== undefined).join("/")
  }`;
}

export function go(to: Route): void {
  location.hash = formatLink(to);
}

/** Updates the route when the address changes. */
export function followAddress(): void {
  addEventListener("hashchange", () => {
    route.value = parseRoute(location.hash);
  });
}

/** Parses a fragment. An unknown page is the chats. */
export function parseRoute(hash: string): Route {
  const [, name, account, peer] = hash.split("/");
  const page = PAGES.find((one) => one === name) ?? "chats";
  return {
    page,
    ...(isQqNumber(account) ? { account } : {}),
    ...(isQqNumber(peer) ? { peer } : {}),
  };
}
