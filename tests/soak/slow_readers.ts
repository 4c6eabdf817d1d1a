/** 300 clients that read nothing and 100 that read slowly, beside 100 that read. @module */

import { slowReaders } from "../support/slow_readers.ts";

/** Maximum memory of a slow reader, in bytes. */
const EACH = 256 * 1024;

/** Runs it; returns whether it held. */
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
  // The bridge looks for stalled readers once a second.
  const held = whole === 100 && open >= 100 && open <= 200 &&
    cutAfterMs <= stallMs + 2000 && rssEach < EACH && failures.length === 0;
  console.log(JSON.stringify({ name: "slow readers", held, ...report }));
  return held;
}

if (import.meta.main) Deno.exit(await manySlowReaders() ? 0 : 1);
