/** Three hundred who read nothing and a hundred who read little, beside a hundred who read. @module */

import { slowReaders } from "../support/slow_readers.ts";

/** Most that a slow reader may cost, in bytes. */
const EACH = 256 * 1024;

/** Runs it; tells whether it held. */
export async function manySlowReaders(): Promise<boolean> {
  const stallMs = 30_000;
  const report = await slowReaders({
    healthy: 100,
    trickling: 100,
    stalled: 300,
    stallMs,
    events: 3000,
    textChars: 800,
  });
  const { whole, open, cutAfterMs, rssEach, failures } = report;
  // A look a second: what is due is found within the next.
  const held = whole === 100 && open >= 100 && open <= 200 &&
    cutAfterMs <= stallMs + 2000 && rssEach < EACH && failures.length === 0;
  console.log(JSON.stringify({ name: "slow readers", held, ...report }));
  return held;
}

if (import.meta.main) Deno.exit(await manySlowReaders() ? 0 : 1);
