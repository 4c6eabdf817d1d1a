/** Parsing JSON text within a bound. @module */

/** Parses JSON text; `undefined` if it is not JSON, or nests deeper than `limit` levels. */
export function parseJson(text: string, limit: number): unknown {
  if (isDeeper(text, limit)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether JSON text nests deeper than `limit` levels. Takes one pass and does not recurse. */
export function isDeeper(text: string, limit: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === 0x5c /* \ */) index++;
      else if (code === 0x22 /* " */) quoted = false;
    } else if (code === 0x22) {
      quoted = true;
    } else if (code === 0x7b /* { */ || code === 0x5b /* [ */) {
      if (++depth > limit) return true;
    } else if (code === 0x7d /* } */ || code === 0x5d /* ] */) {
      depth--;
    }
  }
  return false;
}
