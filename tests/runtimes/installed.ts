/** Packages that are installed with npm once for each lock, outside the repository. @module */

/** How long npm may take, in milliseconds. */
const INSTALL_MS = 900_000;

/** How many installations of a set are kept, the runtimes of 1.3 GB each: that of the lock, and of the one before it. */
const MOST_KEPT = 2;

/**
 * Installs a set of packages, unless this lock's are there; returns their
 * `node_modules`.
 *
 * @param here Folder of `packages.json` and `lock.json`.
 * @param cache Name of the folder in the user's cache folder.
 */
export async function installed(
  here = new URL("npm/", import.meta.url),
  cache = "tqq-runtimes",
): Promise<string> {
  const lock = await Deno.readFile(new URL("lock.json", here));
  const digest = await crypto.subtle.digest("SHA-256", lock);
  const name = Array.from(
    new Uint8Array(digest).subarray(0, 8),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
  const caches = Deno.env.get("XDG_CACHE_HOME") ??
    `${Deno.env.get("HOME") ?? "/tmp"}/.cache`;
  const home = `${caches}/${cache}`;
  const folder = `${home}/${name}`;
  if (await isFolder(`${folder}/node_modules`)) return `${folder}/node_modules`;
  await Deno.mkdir(home, { recursive: true });
  const partial = await Deno.makeTempDir({ dir: home, prefix: "partial-" });
  try {
    await install(here, partial, lock);
    await Deno.rename(partial, folder).catch(async (error) => {
      // Another run was quicker.
      if (!await isFolder(`${folder}/node_modules`)) throw error;
    });
  } finally {
    await Deno.remove(partial, { recursive: true }).catch(() => {});
  }
  await removeOld(home);
  return `${folder}/node_modules`;
}

async function install(
  here: URL,
  folder: string,
  lock: Uint8Array,
): Promise<void> {
  // They have other names here: Deno would take a package.json for the project's.
  await Deno.copyFile(
    new URL("packages.json", here),
    `${folder}/package.json`,
  );
  await Deno.writeFile(`${folder}/package-lock.json`, lock);
  const { success, stderr } = await new Deno.Command("npm", {
    args: [
      "ci",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      // What was downloaded is of no use once it is unpacked.
      "--cache=cache",
    ],
    cwd: folder,
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(INSTALL_MS),
  }).output();
  if (!success) {
    throw new Error(
      `Cannot install the packages: npm ci failed. ${
        new TextDecoder().decode(stderr)
      }`,
    );
  }
  await Deno.remove(`${folder}/cache`, { recursive: true });
}

/** Removes all installations but the newest. */
async function removeOld(home: string): Promise<void> {
  const found: { path: string; at: number }[] = [];
  for await (const { name } of Deno.readDir(home)) {
    if (name.startsWith("partial-")) continue;
    const path = `${home}/${name}`;
    found.push({ path, at: (await Deno.stat(path)).mtime?.getTime() ?? 0 });
  }
  found.sort((a, b) => b.at - a.at);
  for (const { path } of found.slice(MOST_KEPT)) {
    await Deno.remove(path, { recursive: true });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then(
    ({ isDirectory }) => isDirectory,
    () => false,
  );
}
