/** Masks secrets in recorded frames. @module */

/** Text that replaces a secret. */
export const MASK = "••••";

/** Names of the fields with secrets, in frames and in raw commands. */
const SECRET = /^(token|accesstoken|secret|proof|password|passwordmd5|ps)$/i;

/** Deepest nesting that is searched; deeper values are masked. The bridge accepts 32. */
const MAX_DEPTH = 40;

/** Copies a JSON value with its secrets masked. */
export function maskSecrets(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) return MASK;
  if (Array.isArray(value)) {
    return value.map((one) => maskSecrets(one, depth + 1));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      SECRET.test(key) && typeof one === "string"
        ? MASK
        : key === "url" && typeof one === "string"
        ? maskAddress(one)
        : maskSecrets(one, depth + 1),
    ]),
  );
}

/** Masks credentials and query of an address, which may be secret. */
function maskAddress(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.username + url.password + url.search === "") return text;
  return `${url.protocol}//${url.host}${url.pathname}${
    url.search === "" ? "" : `?${MASK}`
  }`;
}
