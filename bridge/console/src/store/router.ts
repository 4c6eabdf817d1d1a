/** Where the visitor is: the fragment of the address. @module */

import { isQqNumber } from "../../../../lib/protocol/qq_number.ts";
import { type Signal, signal } from "../deps.ts";

/** The pages. */
export const PAGES = ["chats", "accounts", "inspector", "figures"] as const;
/** See {@linkcode PAGES}. */
export type Page = typeof PAGES[number];

/** A place in the console. */
export interface Route {
  page: Page;
  /** The account whose chats are shown. */
  account?: string;
  /** With whom. */
  peer?: string;
}

/** The present place. */
export const route: Signal<Route> = signal(routeOf(location.hash));

/** The link to a place. */
export function linkTo({ page, account, peer }: Route): string {
  return `#/${
    [page, account, peer].filter((one) => one !== undefined).join("/")
  }`;
}

/** Goes there. */
export function go(to: Route): void {
  location.hash = linkTo(to);
}

/** Keeps {@linkcode route} with the address. */
export function followAddress(): void {
  addEventListener("hashchange", () => {
    route.value = routeOf(location.hash);
  });
}

/** The place that a fragment names; the chats where it names none. */
export function routeOf(hash: string): Route {
  const [, name, account, peer] = hash.split("/");
  const page = PAGES.find((one) => one === name) ?? "chats";
  return {
    page,
    ...(isQqNumber(account) ? { account } : {}),
    ...(isQqNumber(peer) ? { peer } : {}),
  };
}

