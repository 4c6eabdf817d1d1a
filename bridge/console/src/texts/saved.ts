/** What the browser keeps of this page between visits. No secret is among it. @module */

const PREFIX = "tqq.";

/** A value that was kept, or undefined. */
export function load(name: string): unknown {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Keeps a value; a browser that keeps nothing is none the worse. */
export function save(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Full, or forbidden.
  }
}
