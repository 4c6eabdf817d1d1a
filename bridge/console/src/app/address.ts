/** Addresses of pages: the fragment, its parameters and its query. @module */

import { parsePattern } from "../deps_routes.ts";

/** What a page takes from the address. */
export interface PageProps {
  /** Parameters of the route by name; `undefined` if the address lacks one. */
  readonly params: Readonly<Record<string, string | undefined>>;
  /** What stands behind the `?` of the fragment. */
  readonly query: URLSearchParams;
}

export interface Route extends PageProps {
  /** Name of the page; `undefined` if no page has this address. */
  readonly page: string | undefined;
}

/** A page and its pattern, such as `/chats/:account?/:peer?`. */
export interface RoutePattern {
  readonly name: string;
  readonly path: string;
}

/** Formats the address of a page, without the values that are `undefined`. */
export function formatLink(
  page: string,
  params: readonly (string | undefined)[] = [],
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const path = [page, ...params.filter((one) => one !== undefined)]
    .map((one) => encodeURIComponent(one)).join("/");
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]]
  );
  const search = new URLSearchParams(given).toString();
  return `#/${path}${search === "" ? "" : `?${search}`}`;
}

/** Finds the page of a fragment. */
export function parseRoute(
  patterns: readonly RoutePattern[],
  hash: string,
): Route {
  const [path = "", ...search] = hash.replace(/^#/, "").split("?");
  const query = new URLSearchParams(search.join("?"));
  for (const { name, path: pattern } of patterns) {
    const { keys, pattern: expression } = parsePattern(pattern);
    const match = expression.exec(path);
    if (match === null) continue;
    const params = keys.map((key, at) => [key, decode(match[at + 1])]);
    return { page: name, params: Object.fromEntries(params), query };
  }
  return { page: undefined, params: {}, query };
}

/** An address may have any text, so also one that is not encoded. */
function decode(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}
