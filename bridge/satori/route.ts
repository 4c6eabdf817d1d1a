/** The paths below `/satori/v1`. @module */

export type Route =
  | { type: "events" }
  | { type: "meta" }
  | { type: "method"; name: string }
  | { type: "internal"; name: string; platform?: string; account?: string }
  | { type: "none" };

const PREFIX = "/satori/v1";

/** Returns what a path means; `undefined` if it is not one of Satori's. */
export function findRoute(pathname: string): Route | undefined {
  if (pathname !== PREFIX && !pathname.startsWith(`${PREFIX}/`)) {
    return undefined;
  }
  const parts = pathname.slice(PREFIX.length + 1).split("/");
  const [first = "", ...rest] = parts;
  if (parts.length === 1) {
    if (first === "events" || first === "meta") return { type: first };
    return /^[a-z]+(\.[a-z]+)+$/.test(first)
      ? { type: "method", name: first }
      : { type: "none" };
  }
  if (first !== "internal") return { type: "none" };
  if (rest.length === 1) return { type: "internal", name: rest[0]! };
  // The JavaScript SDK names the methods of `bot.internal` so.
  const [platform, account, marker, name] = rest;
  return rest.length === 4 && marker === "_api"
    ? { type: "internal", name: name!, platform: platform!, account: account! }
    : { type: "none" };
}
