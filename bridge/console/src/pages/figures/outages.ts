/** When this page was not connected. @module */

import { effect } from "../../deps.ts";
import { lostAt } from "../../link/link.ts";
import type { Band } from "./timeline.ts";

/** Maximum number of times that are kept: the newest. */
const MAX_OUTAGES = 100;

let outages: readonly Band[] = [];
let since: number | undefined;

effect(() => {
  const lost = lostAt.value;
  if (lost === undefined && since !== undefined) {
    outages = [...outages, { from: since, to: Date.now() }].slice(-MAX_OUTAGES);
  }
  since = lost;
});

/** The outage of this page in which a band lies, if there was one. */
export function outageAt({ from, to }: Band): Band | undefined {
  return outages.find((one) => one.from < to && one.to > from);
}
