import { DatabaseSync } from "node:sqlite";
import { DataFolder } from "../../bridge/storage/data_folder.ts";
import {
  fillFolder,
  inTemporaryFolder,
  nameOf,
  namesIn,
} from "./folder_copies.ts";
import { Program } from "./program.ts";
import { randomFrom } from "./random.ts";

const BALLAST_BYTES = 24_000_000;

interface Kills {
  kills: number;
  seed: number;
}

/** Kills backups at moments spread over the time that one takes; returns what was wrong. */
export async function killBackups({ kills, seed }: Kills): Promise<string[]> {
  const random = randomFrom(seed);
  const faults: string[] = [];
  await inTemporaryFolder(async (path) => {
    await fillLarge(`${path}/data`, "first");
    const args = ["backup", `${path}/copy`, `--data=${path}/data`];
    const takesMs = await runKilled(args, undefined);
    for (let kill = 0; kill < kills; kill++) {
      if (namesIn(path).includes("copy")) {
        await Deno.remove(`${path}/copy`, { recursive: true });
      }
      await runKilled(args, takesMs * (0.3 + 0.75 * (kill + random()) / kills));
      if (!namesIn(path).includes("copy")) continue;
      const names = namesIn(`${path}/copy`).join(" ");
      if (
        names !== "backup bridge.db journal.db qq.db" ||
        nameOf(`${path}/copy`) !== "first"
      ) faults.push(`a killed backup looks whole: ${names}`);
    }
    await Deno.remove(`${path}/copy`, { recursive: true }).catch(() => {});
    await runKilled(args, undefined);
    if (namesIn(path).join(" ") !== "copy data") {
      faults.push(`left behind: ${namesIn(path)}`);
    }
  });
  return faults;
}

/** Kills restores; returns what was wrong. */
export async function killRestores({ kills, seed }: Kills): Promise<string[]> {
  const random = randomFrom(seed);
  const faults: string[] = [];
  await inTemporaryFolder(async (path) => {
    await fillLarge(`${path}/origin`, "first");
    await runKilled(
      ["backup", `${path}/copy`, `--data=${path}/origin`],
      undefined,
    );
    const args = (base: string) => [
      "restore",
      `${path}/copy`,
      `--data=${base}/data`,
      "--replace",
    ];
    await fillFolder(`${path}/try/data`, { name: "second" });
    const takesMs = await runKilled(args(`${path}/try`), undefined);
    for (let kill = 0; kill < kills; kill++) {
      const base = `${path}/${kill}`;
      await fillFolder(`${base}/data`, { name: "second" });
      await runKilled(
        args(base),
        takesMs * (0.3 + 0.75 * (kill + random()) / kills),
      );
      DataFolder.open(`${base}/data`, "serve").close();
      const name = nameOf(`${base}/data`);
      const before = namesIn(base).find((one) => one !== "data");
      const old = name === "second" ? "data" : before;
      if (name === undefined || nameOf(`${base}/${old}`) !== "second") {
        faults.push(`kill ${kill}: ${name}, ${namesIn(base)}`);
      }
      await Deno.remove(base, { recursive: true });
    }
  });
  return faults;
}

async function fillLarge(path: string, name: string): Promise<void> {
  await fillFolder(path, { name });
  using database = new DatabaseSync(`${path}/journal.db`);
  database.exec(
    `INSERT INTO meta VALUES ('ballast', randomblob(${BALLAST_BYTES}))`,
  );
}

/** Runs a sub-command, and kills it after a time; it has to succeed if it is not killed. Returns how long it took. */
async function runKilled(
  args: string[],
  afterMs: number | undefined,
): Promise<number> {
  const startAt = performance.now();
  await using program = new Program({ args });
  const timer = afterMs === undefined ? undefined : setTimeout(() => {
    try {
      program.kill("SIGKILL");
    } catch {
      // It has just ended by itself.
    }
  }, afterMs);
  const { code, stderr } = await program.output();
  clearTimeout(timer);
  if (code !== 0 && code !== 137) {
    throw new Error(`${args[0]} ended with ${code}: ${stderr}`);
  }
  return performance.now() - startAt;
}
