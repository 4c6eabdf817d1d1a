/** Data folders: starts, backups and restores that are killed, and backups under load. @module */

import { backUpUnderLoad } from "../support/backup_stage.ts";
import { killBackups, killRestores } from "../support/kill_copies.ts";
import { killStarts } from "../support/kill_starts.ts";

/** Runs all; returns whether all held. */
export async function folders(
  seed: number,
  { backups = 20, kills = 100 }: { backups?: number; kills?: number } = {},
): Promise<boolean> {
  let allHeld = true;
  const report = (name: string, faults: readonly string[], more: object) => {
    const held = faults.length === 0;
    allHeld &&= held;
    console.log(JSON.stringify({ name, held, ...more, faults }));
  };
  const { faults, ...figures } = await backUpUnderLoad({
    backups,
    rate: 500,
    beforeMs: 1000,
  });
  report("backups under load, each restored", faults, { backups, ...figures });
  report("kill -9 of backups", await killBackups({ kills, seed }), { kills });
  report("kill -9 of restores", await killRestores({ kills, seed }), { kills });
  const starts = 5 * kills;
  const failed = await killStarts({ kills: starts, seed })
    .then(() => [], (error) => [String(error)]);
  report("kill -9 of starts that make files anew", failed, { kills: starts });
  return allHeld;
}

if (import.meta.main) {
  const seed = Number(Deno.args[0] ?? Date.now() % 100_000);
  const backups = Number(Deno.args[1] ?? 20);
  const kills = Number(Deno.args[2] ?? 100);
  console.log(`seed ${seed}`);
  Deno.exit(await folders(seed, { backups, kills }) ? 0 : 1);
}
