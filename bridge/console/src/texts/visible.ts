/** Makes characters visible that would hide or reorder text. @module */

/** Controls, direction marks, zero-width characters, and line separators. */
const HIDDEN =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]/g;

/** A name with its hidden characters as symbols such as `[U+202E]`. */
export function toVisible(name: string): string {
  return name.replace(HIDDEN, (one) => {
    const code = one.codePointAt(0)!.toString(16).toUpperCase();
    return `[U+${code.padStart(4, "0")}]`;
  });
}
