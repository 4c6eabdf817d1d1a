/** The paths of OneBot. No I/O. @module */

import { isQqNumber } from "../../mod.ts";
import type { Role } from "./party.ts";

/** Where all paths begin. */
export const ROOT = "/onebot/v11";

/** What a path means. */
export interface Route {
  /** The account that it names. */
  readonly account?: string;
  /** What a WebSocket there is for; undefined where the path is an action's. */
  readonly role?: Role;
  /** The action that it names. */
  readonly action?: string;
}

const ROLES: Readonly<Record<string, Role>> = {
  "": "universal",
  "api": "api",
  "event": "event",
};

/** Reads a path, with or without a slash at its end; undefined where it is none of OneBot's. */
export function routeOf(pathname: string): Route | undefined {
  if (pathname !== ROOT && !pathname.startsWith(`${ROOT}/`)) return undefined;
  const segments = pathname.slice(ROOT.length).split("/").slice(1);
  if (segments.at(-1) === "") segments.pop();
  const account = isQqNumber(segments[0]) ? { account: segments.shift()! } : {};
  if (segments.length > 1) return account;
  const name = segments[0] ?? "";
  const role = Object.hasOwn(ROLES, name) ? ROLES[name] : undefined;
  return role === undefined ? { ...account, action: name } : {
    ...account,
    role,
  };
}

/**
 * The query of a request. A client that appends `?access_token=` to the address
 * that it was given finds a query there already, so a later `?` separates too.
 */
export function queryOf(url: URL): URLSearchParams {
  return new URLSearchParams(url.search.slice(1).replaceAll("?", "&"));
}
