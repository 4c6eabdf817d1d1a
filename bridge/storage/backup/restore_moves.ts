/** The second half of a restore: moves the old files out, and the restored ones in. @module */

import {
  type FolderFiles,
  parentOf,
  renameDurably,
  systemFiles,
} from "../durable_files.ts";

/** Folders inside a data folder, one for each step of a restore. */
export const STEPS = {
  /** Files are copied and checked; the data folder is unchanged. */
  partial: "restore.partial",
  /** All are checked: the old files are moved out. */
  whole: "restore.whole",
  /** The old files are moved out: these are moved in. */
  ready: "restore.ready",
} as const;

/** File of a step that contains the path of the folder for the old files; absent if there are none. */
export const BEFORE = "before";

/** Files of the process that uses the folder, which are not data. */
const OF_THE_PROCESS: ReadonlySet<string> = new Set([
  "lock",
  "running.json",
  "running.json.new",
  "control.sock",
]);

/** Returns the names in a data folder that a restore replaces. */
export function dataIn(folder: string): string[] {
  const steps: readonly string[] = Object.values(STEPS);
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => !OF_THE_PROCESS.has(name) && !steps.includes(name))
    .sort();
}

/**
 * Finishes a restore that was cut off after its files were checked.
 *
 * @returns False if there is none.
 */
export function finishRestore(
  folder: string,
  files: FolderFiles = systemFiles,
): boolean {
  const whole = `${folder}/${STEPS.whole}`;
  const ready = `${folder}/${STEPS.ready}`;
  const hasOldFiles = isFolder(whole);
  if (!hasOldFiles && !isFolder(ready)) return false;
  if (hasOldFiles) {
    moveOut(folder, readText(`${whole}/${BEFORE}`), files);
    renameDurably(whole, ready, files);
  }
  for (const { name } of [...Deno.readDirSync(ready)]) {
    if (name !== BEFORE) files.rename(`${ready}/${name}`, `${folder}/${name}`);
  }
  files.sync(folder);
  Deno.removeSync(ready, { recursive: true });
  return true;
}

function moveOut(
  folder: string,
  before: string | undefined,
  files: FolderFiles,
): void {
  if (before === undefined) return;
  const target = `${parentOf(folder)}/${before}`;
  for (const name of dataIn(folder)) {
    files.rename(`${folder}/${name}`, `${target}/${name}`);
  }
  files.sync(target);
  files.sync(folder);
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
