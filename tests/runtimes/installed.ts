/** The runtimes, installed with npm once for each lock. @module */

const here = new URL("npm/", import.meta.url);

/** How long npm may take, in milliseconds. */
const INSTALL_MS = 300_000;

/** Installs the runtimes, unless this lock's are there; returns their `node_modules`. */
export async function installed(): Promise<string> {
  const lock = await Deno.readFile(new URL("lock.json", here));
  const digest = await crypto.subtle.digest("SHA-256", lock);
  const name = Array.from(
    new Uint8Array(digest).subarray(0, 8),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
  const caches = Deno.env.get("XDG_CACHE_HOME") ??
    `${Deno.env.get("HOME") ?? "/tmp"}/.cache`;
  const folder = `${caches}/tqq-runtimes/${name}`;
  if (await isFolder(`${folder}/node_modules`)) return `${folder}/node_modules`;
  const partial = `${folder}.partial`;
  await Deno.mkdir(partial, { recursive: true });
  // They have other names here: Deno would take a package.json for the project's.
  await Deno.copyFile(
    new URL("packages.json", here),
    `${partial}/package.json`,
  );
  await Deno.writeFile(`${partial}/package-lock.json`, lock);
  const { success, stderr } = await new Deno.Command("npm", {
    args: ["ci", "--no-audit", "--no-fund", "--ignore-scripts"],
    cwd: partial,
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(INSTALL_MS),
  }).output();
  if (!success) {
    throw new Error(
      `Cannot install the runtimes: npm ci failed. ${
        new TextDecoder().decode(stderr)
      }`,
    );
  }
  await Deno.rename(partial, folder);
  return `${folder}/node_modules`;
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then(
    ({ isDirectory }) => isDirectory,
    () => false,
  );
}
