import { randomFrom } from "./random.ts";
import { startFolder } from "./start_folder.ts";

const STARTER = new URL("../bridge/storage/start_folder.ts", import.meta.url)
  .pathname;

function spawnStart(path: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", STARTER, path],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

/** Starts on a folder, and kills that so long after it began; returns how long it took from there. */
async function startAndKill(
  folder: string,
  afterMs: number | undefined,
): Promise<{ takesMs: number }> {
  const starting = spawnStart(folder);
  const reader = starting.stdout.getReader();
  await reader.read();
  const beganAt = performance.now();
  const timer = afterMs === undefined ? undefined : setTimeout(() => {
    try {
      starting.kill("SIGKILL");
    } catch {
      // It has just ended by itself.
    }
  }, afterMs);
  const { code, signal } = await starting.status;
  clearTimeout(timer);
  await reader.cancel();
  if (code !== 0 && signal === null) {
    throw new Error(`A start ended with ${code}`);
  }
  return { takesMs: performance.now() - beganAt };
}

/**
 * Kills starts on a folder whose journal.db and qq.db were moved away, at
 * moments spread over the time that one takes. Throws if a later start refuses
 * what a killed one left.
 */
export async function killStarts(
  { kills, seed }: { kills: number; seed: number },
): Promise<void> {
  const random = randomFrom(seed);
  const path = await Deno.makeTempDir();
  const folder = `${path}/d`;
  try {
    startFolder(folder);
    const moveAway = () => {
      for (const name of ["journal.db", "qq.db"]) {
        Deno.removeSync(`${folder}/${name}`);
      }
    };
    moveAway();
    const { takesMs } = await startAndKill(folder, undefined);
    for (let kill = 0; kill < kills; kill++) {
      moveAway();
      await startAndKill(folder, takesMs * (kill + random()) / kills);
      startFolder(folder);
    }
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}
