/** The cookie of a console session, and when it is read. @module */

import { parseCookie, serializeCookie } from "../deps.ts";
import { isOwnOrigin, portOf } from "./host_policy.ts";

/** Header with the half of a session's secret that the page keeps. */
export const PROOF_HEADER = "tqq-proof";

/** Request of a browser, on either server. */
export interface CookieCarrier {
  /** Whether it changes something, or opens what does: a page of another origin must not cause that. */
  readonly acts: boolean;
  /** Returns a header by its lower-case name. */
  header(name: string): string | null | undefined;
}

/** Where a cookie is set. */
export interface CookiePlace {
  /** The request's `Host`, with its port. */
  readonly host: string;
  /** Whether the browser uses TLS. */
  readonly isSecure: boolean;
  /** Path before all paths of the bridge; empty if there is none. */
  readonly basePath: string;
}

/** Prefix with which a browser takes a cookie over TLS only, and for one host and the path `/`. */
const HOST_PREFIX = "__Host-";

/** Prefix with which a browser takes a cookie over TLS only. */
const SECURE_PREFIX = "__Secure-";

/**
 * Returns the value of the session's cookie if our own page sent the request.
 *
 * A cookie travels by itself, also with what a page of another port asks for:
 * SameSite does not know ports. Browsers say with `Origin` and `Sec-Fetch-Site`
 * whose page asked.
 */
export function readSessionCookie(
  { acts, header }: CookieCarrier,
): string | undefined {
  const host = header("host") ?? "";
  const origin = header("origin");
  if (origin === null || origin === undefined) {
    const site = header("sec-fetch-site") ?? "none";
    if (acts || (site !== "same-origin" && site !== "none")) return undefined;
  } else if (!isOwnOrigin(origin, host)) {
    return undefined;
  }
  const cookies = parseCookie(header("cookie") ?? "");
  const name = `tqq_session${suffixOf(host)}`;
  return cookies[`${HOST_PREFIX}${name}`] ??
    cookies[`${SECURE_PREFIX}${name}`] ?? cookies[name];
}

/** Formats `Set-Cookie` for a session. */
export function formatSessionCookie(
  place: CookiePlace,
  value: string,
  maxAgeS: number,
): string {
  return format(nameOf(place), place, value, maxAgeS);
}

/** Formats `Set-Cookie` for each cookie of a request that must go: those of sessions, if named, and the tokens of version 0.1.0. */
export function formatClearedCookies(
  place: CookiePlace,
  cookieHeader: string | null | undefined,
  { isSessionEnded }: { isSessionEnded: boolean },
): string[] {
  const cookies = parseCookie(cookieHeader ?? "");
  const secure = { ...place, isSecure: true };
  const plain = { ...place, isSecure: false };
  const cleared: [name: string, place: CookiePlace][] = [
    [`tqq_token${suffixOf(place.host)}`, place],
  ];
  if (isSessionEnded) {
    cleared.push([nameOf(secure), secure], [nameOf(plain), plain]);
  }
  return cleared.filter(([name]) => Object.hasOwn(cookies, name))
    .map(([name, where]) => format(name, where, "", 0));
}

/** The port of the host is in the name, so that several bridges of one machine do not sign each other out. */
function nameOf({ host, isSecure, basePath }: CookiePlace): string {
  const prefix = basePath === "" ? HOST_PREFIX : SECURE_PREFIX;
  return `${isSecure ? prefix : ""}tqq_session${suffixOf(host)}`;
}

function suffixOf(host: string): string {
  const port = portOf(host);
  return port === undefined ? "" : `_${port}`;
}

function format(
  name: string,
  { isSecure, basePath }: CookiePlace,
  value: string,
  maxAge: number,
): string {
  return serializeCookie(name, value, {
    path: basePath === "" ? "/" : basePath,
    httpOnly: true,
    sameSite: "Strict",
    secure: isSecure,
    maxAge,
  });
}
