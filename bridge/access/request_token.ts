/** The token that a request carries. @module */

/** The token of a request: of its Authorization with any scheme, else of `?access_token=`. */
export function tokenOf(
  authorization: string | null | undefined,
  query: URLSearchParams,
): string | undefined {
  if (authorization !== null && authorization !== undefined) {
    return /^\S+ +(\S+)$/.exec(authorization.trim())?.[1] ?? "";
  }
  return query.get("access_token") ?? undefined;
}
