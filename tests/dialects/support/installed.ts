/** Packages of the npm registry, installed as their authors made them. */

import { installed as installedOnce } from "../../runtimes/installed.ts";

/** Sets of packages: where each is kept, and the folder whose scripts use it. */
const SETS = {
  npm: { cache: "tqq-dialects", scripts: "clients" },
  generators: { cache: "tqq-generators", scripts: "generators" },
} as const;

const here = new URL("../", import.meta.url);
const made = new Map<string, Promise<string>>();

/** Returns a folder of its own with a set of packages, once a process: exact versions, and what they depended on when they were chosen. */
export function installed(set: keyof typeof SETS = "npm"): Promise<string> {
  const folder = made.get(set) ?? make(set);
  made.set(set, folder);
  return folder;
}

async function make(set: keyof typeof SETS): Promise<string> {
  const { cache, scripts } = SETS[set];
  const modules = await installedOnce(new URL(`${set}/`, here), cache);
  const folder = await Deno.makeTempDir({ prefix: "tqq-dialects-" });
  addEventListener(
    "unload",
    () => Deno.removeSync(folder, { recursive: true }),
  );
  await Deno.symlink(modules, `${folder}/node_modules`);
  // It has another name here, because Deno would take a package.json for ours.
  await Deno.copyFile(
    new URL(`${set}/packages.json`, here),
    `${folder}/package.json`,
  );
  for await (const { name } of Deno.readDir(new URL(`${scripts}/`, here))) {
    if (!name.endsWith(".cjs")) continue;
    await Deno.copyFile(
      new URL(`${scripts}/${name}`, here),
      `${folder}/${name}`,
    );
  }
  return folder;
}
