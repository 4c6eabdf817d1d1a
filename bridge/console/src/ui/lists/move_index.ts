/** Moves through a list by keys. @module */

/** Index that a key moves to in a list of `count` items; `undefined` for other keys. */
export function moveIndex(
  key: string,
  at: number,
  count: number,
  page = 10,
): number | undefined {
  if (count === 0) return undefined;
  const clamp = (to: number) => Math.max(0, Math.min(count - 1, to));
  switch (key) {
    case "ArrowDown":
      return clamp(at + 1);
    case "ArrowUp":
      return clamp(at - 1);
    case "PageDown":
      return clamp(at + page);
    case "PageUp":
      return clamp(at - page);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}
