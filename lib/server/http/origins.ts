/** Which web pages may use the server. @module */

import { shown } from "../../protocol/fields.ts";

/** How long a browser may keep the answer to OPTIONS, in seconds. */
const MAX_AGE_SECONDS = 600;

/** A scheme and a host, perhaps with a port: no path, no wildcard, no `null`. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#*@]+$/;

/** Headers that let a page read a reply. */
export type OriginHeaders = Readonly<Record<string, string>>;

/** The web pages that may use the server, by their origin. */
export class Origins {
  readonly #listed: ReadonlySet<string>;

  /** @throws {TypeError} If an origin is not one that browsers send. */
  constructor(origins: readonly string[]) {
    for (const origin of origins) checkOrigin(origin);
    this.#listed = new Set(origins);
  }

  /**
   * The headers of each reply to this Origin header: none without one,
   * undefined if the page gets NULL. A session needs no secret, only an
   * address, so any other page could act for an account of its visitor.
   */
  headersOf(origin: string | null | undefined): OriginHeaders | undefined {
    if (origin === null || origin === undefined) return {};
    if (!this.#listed.has(origin)) return undefined;
    return {
      "Access-Control-Allow-Origin": origin,
      "Access-Control-Expose-Headers":
        "Idempotency-Key, Preference-Applied, Tqq-Session",
      "Vary": "Origin",
    };
  }
}

/**
 * The headers of the 204 to an OPTIONS request; undefined if no listed page
 * sent it.
 */
export function preflightHeaders(
  method: string,
  headers: OriginHeaders,
): OriginHeaders | undefined {
  const origin = headers["Access-Control-Allow-Origin"];
  if (method !== "OPTIONS" || origin === undefined) return undefined;
  return {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers":
      "content-type, idempotency-key, prefer, tqq-session",
    "Access-Control-Max-Age": String(MAX_AGE_SECONDS),
    "Vary": "Origin",
  };
}

function checkOrigin(origin: string): void {
  if (
    ORIGIN.test(origin) && !origin.startsWith("file:") &&
    (!/^https?:/.test(origin) || isWebOrigin(origin))
  ) return;
  throw new TypeError(
    `Cannot make a server: allowOrigins must hold origins such as https://example.org, without a path, got ${
      shown(origin)
    }`,
  );
}

function isWebOrigin(origin: string): boolean {
  try {
    return new URL(origin).origin === origin;
  } catch {
    return false;
  }
}
