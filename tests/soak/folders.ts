/** Starts that make files of a data folder anew, killed at every moment. @module */

import { killStarts } from "../support/kill_starts.ts";

/** Runs it; tells whether it held. */
export async function folders(seed: number): Promise<boolean> {
  const kills = 500;
  let error: unknown;
  try {
    await killStarts({ kills, seed });
  } catch (thrown) {
    error = thrown;
  }
  const held = error === undefined;
  console.log(JSON.stringify({
    name: "kill -9 of starts that make files anew",
    held,
    kills,
    ...(held ? {} : { error: String(error) }),
  }));
  return held;
}

if (import.meta.main) {
  const seed = Number(Deno.args[0] ?? Date.now() % 100_000);
  console.log(`seed ${seed}`);
  Deno.exit(await folders(seed) ? 0 : 1);
}
