/** Fifty kills of each kind, two thousand messages: what the promise is held by. @module */

import {
  crashBridge,
  type CrashReport,
  crashSubscriber,
} from "../support/crash_stage.ts";

/** Runs all; tells whether all held. */
export async function crashes(seed: number): Promise<boolean> {
  const full = { ends: 50, messages: 2000, accounts: 5, seed };
  const runs: readonly [
    name: string,
    run: () => Promise<CrashReport>,
    mayLose?: boolean,
  ][] = [
    [
      "kill -9, QQ server elsewhere",
      () => crashBridge({ ...full, signal: "SIGKILL", server: "outer" }),
    ],
    [
      "kill -9, embedded QQ server",
      () => crashBridge({ ...full, signal: "SIGKILL", server: "embedded" }),
    ],
    ["kill -9 of a named subscriber", () => crashSubscriber(full)],
    [
      "SIGTERM, server without keys",
      () =>
        crashBridge({
          ...full,
          ends: 20,
          signal: "SIGTERM",
          server: "outer",
          keys: false,
        }),
    ],
    [
      "kill -9, server without keys (the window)",
      () =>
        crashBridge({
          ...full,
          signal: "SIGKILL",
          server: "outer",
          keys: false,
        }),
      true,
    ],
  ];
  let allHeld = true;
  for (const [name, run, mayLose = false] of runs) {
    const report = await run();
    const { missing, doubled, misplaced, backward, gaps, codes, startsMs } =
      report;
    const held = (mayLose || missing === 0) && doubled === 0 &&
      misplaced === 0 && backward === 0 && gaps === 0 &&
      codes.every((code) => code === 0);
    allHeld &&= held;
    console.log(JSON.stringify({
      name,
      held,
      ends: report.ends,
      sent: report.sent,
      missing,
      doubled,
      misplaced,
      backward,
      gaps,
      lostMs: Math.round(report.lostMs * 10) / 10,
      startMedianMs: startsMs[Math.floor(startsMs.length / 2)],
    }));
  }
  return allHeld;
}

if (import.meta.main) {
  const seed = Number(Deno.args[0] ?? Date.now() % 100_000);
  console.log(`seed ${seed}`);
  Deno.exit(await crashes(seed) ? 0 : 1);
}
