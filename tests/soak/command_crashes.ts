/**
 * Kills and restarts of the bridge and of its QQ server while keyed commands
 * are in progress: each is executed once, and its key reports that.
 *
 * `deno run --allow-all tests/soak/command_crashes.ts [KILLS] [SEED]`
 *
 * @module
 */

import {
  type CommandCrashOptions,
  crashCommands,
} from "../support/command_crashes.ts";

/** Runs all; returns whether each message was delivered and reported once. */
export async function commandCrashes(
  seed: number,
  kills = 50,
): Promise<boolean> {
  const runs: readonly [string, CommandCrashOptions][] = [
    ["SIGTERM of the QQ server under keyed commands", {
      ends: 20,
      signal: "SIGTERM",
      victims: ["server"],
      seed,
    }],
    ["kill -9 of bridge and QQ server under keyed commands", {
      ends: kills,
      signal: "SIGKILL",
      victims: ["bridge", "server"],
      seed,
    }],
  ];
  let allHeld = true;
  for (const [name, options] of runs) {
    const report = await crashCommands(options);
    const { changed, dead, doubled, misreported, missing, rejected } = report;
    const held = changed + dead + doubled + misreported + missing + rejected ===
      0;
    allHeld &&= held;
    console.log(JSON.stringify({ name, held, ...report }));
  }
  return allHeld;
}

if (import.meta.main) {
  const [kills, seed] = Deno.args;
  const first = Number(seed ?? Date.now() % 100_000);
  console.log(`seed ${first}`);
  Deno.exit(await commandCrashes(first, Number(kills ?? 50)) ? 0 : 1);
}
