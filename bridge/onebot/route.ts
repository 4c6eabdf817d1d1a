/** The paths of OneBot. No I/O. @module */

import { isQqNumber } from "../../mod.ts";
import type { Role } from "./connection_options.ts";

/** Prefix of all paths. */
const ROOT = "/onebot/v11";

/** What a path means. */
export interface Route {
  readonly account?: string;
  /** What a WebSocket there is for; `undefined` if the path is that of an action. */
  readonly role?: Role;
  readonly action?: string;
}

const ROLES: Readonly<Record<string, Role>> = {
  "": "universal",
  "api": "api",
  "event": "event",
};

/** Reads a path, with or without a slash at its end; `undefined` if it is not one of OneBot's. */
export function findRoute(pathname: string): Route | undefined {
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
 * Returns the query of an address. Some clients append `?access_token=` to an
 * address that has a query already, so a later `?` separates parameters too.
 */
export function queryOf(url: URL): URLSearchParams {
  return new URLSearchParams(url.search.slice(1).replaceAll("?", "&"));
}
