/** Secrets, taken out of what the inspector shows. @module */

/** What a secret is shown as. */
export const MASK = "••••";

/** Fields that hold secrets, in frames and in raw commands. */
const SECRET = /^(token|password|passwordmd5|ps)$/i;

/** Deepest nesting that is looked through; the bridge takes 32. */
const DEPTH = 40;

/** A value with its secrets masked. */
export function masked(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEPTH) return MASK;
  if (Array.isArray(value)) return value.map((one) => masked(one, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      SECRET.test(key) && typeof one === "string"
        ? MASK
        : masked(one, depth + 1),
    ]),
  );
}
