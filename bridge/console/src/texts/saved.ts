/** What the page saves in the browser between visits. It saves no secret. @module */

const PREFIX = "tqq.";

/** Loads a saved value; `undefined` if it is missing or unreadable. */
export function load(name: string): unknown {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Saves a value. If the browser does not allow it, the value is lost with the page. */
export function save(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // The storage is full or forbidden.
  }
}
