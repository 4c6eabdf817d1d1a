/** Widths of the window at which the layout changes. @module */

import { useEffect, useState } from "../deps.ts";

/** Whether a media query holds, now and after each change. */
export function useMedia(query: string): boolean {
  const [list] = useState(() => matchMedia(query));
  const [isMatch, setMatch] = useState(list.matches);
  useEffect(() => {
    const follow = () => setMatch(list.matches);
    list.addEventListener("change", follow);
    return () => list.removeEventListener("change", follow);
  }, []);
  return isMatch;
}

/** From here on a list beside its detail has room for all columns. */
export const WIDE = "(min-width: 96rem)";
