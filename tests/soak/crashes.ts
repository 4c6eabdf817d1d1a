/**
 * Fifty kills of each kind under two thousand messages: they hold the promise.
 * `deno run --allow-all tests/soak/crashes.ts SEED ENDS PART` makes another
 * number of kills, and only the runs whose names contain PART: `1 200 subscriber`.
 *
 * @module
 */

import { crashBridge, type CrashReport } from "../support/crash_stage.ts";
import {
  crashSubscriber,
  type SubscriberCrashReport,
} from "../support/crashed_subscriber.ts";

/** Runs all; returns whether all held. */
export async function crashes(
  seed: number,
  ends = 50,
  part = "",
): Promise<boolean> {
  const full = { ends, messages: 40 * ends, accounts: 5, seed };
  const runs: readonly [
    name: string,
    run: () => Promise<CrashReport | SubscriberCrashReport>,
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
    [
      "kill -9 of the QQ server",
      () =>
        crashBridge({
          ...full,
          signal: "SIGKILL",
          server: "process",
          victims: ["server"],
        }),
    ],
    [
      "kill -9 of the bridge and of the QQ server",
      () =>
        crashBridge({
          ...full,
          signal: "SIGKILL",
          server: "process",
          victims: ["bridge", "server"],
        }),
    ],
    [
      "SIGTERM of the QQ server",
      () =>
        crashBridge({
          ...full,
          signal: "SIGTERM",
          server: "process",
          victims: ["server"],
        }),
    ],
    [
      "kill -9 of a named subscriber",
      () => crashSubscriber({ ...full, victim: "subscriber" }),
    ],
    [
      "kill -9 of the bridge and of a named subscriber",
      () => crashSubscriber({ ...full, victim: "both" }),
    ],
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
    if (!name.includes(part)) continue;
    const report = await run();
    const acks = "forgotten" in report
      ? {
        forgotten: report.forgotten,
        forgottenReceived: report.forgottenReceived,
        forgottenStored: report.forgottenStored,
        checked: report.checked,
        mostAgain: report.mostAgain,
      }
      : {};
    const { missing, doubled, misplaced, backward, gaps, replaced } = report;
    const { codes, startsMs } = report;
    const held = (mayLose || missing === 0) && doubled === 0 &&
      misplaced === 0 && backward === 0 && gaps === 0 &&
      replaced === 0 &&
      !acks.forgotten && !acks.forgottenStored &&
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
      replaced,
      ...acks,
      lostMs: Math.round(report.lostMs * 10) / 10,
      startMedianMs: startsMs[Math.floor(startsMs.length / 2)],
    }));
  }
  return allHeld;
}

if (import.meta.main) {
  const [seed = Date.now() % 100_000, ends = 50] = Deno.args.map(Number);
  console.log(`seed ${seed}`);
  Deno.exit(await crashes(seed, ends, Deno.args[2]) ? 0 : 1);
}
