/** The shown page, kept in the fragment of the address. @module */

import { type Signal, signal } from "../deps_signals.ts";
import { parseRoute, type Route, type RoutePattern } from "./address.ts";

export { formatLink, type PageProps } from "./address.ts";

export const route: Signal<Route> = signal({
  page: undefined,
  params: {},
  query: new URLSearchParams(),
});

/** Opens an address made by {@linkcode formatLink}. The route changes at once: the event of the browser comes later. */
export function go(link: string): void {
  location.hash = link;
  follow();
}

/** The fragment that is shown. */
let followed: string | undefined;

/** Opens an address in place of the present one, which the history then lacks. */
export function goInstead(link: string): void {
  if (location.hash === followed) return location.replace(link);
  // A link that was opened meanwhile goes first: the browser's event for it comes later.
  addEventListener("hashchange", () => {
    if (route.peek().page === undefined) goInstead(link);
  }, { once: true });
}

let follow = () => {};

/** Keeps the route equal to the address. */
export function followAddress(patterns: readonly RoutePattern[]): void {
  follow = () => {
    if (location.hash === followed) return;
    followed = location.hash;
    route.value = parseRoute(patterns, followed);
  };
  addEventListener("hashchange", () => follow());
  follow();
}
