/** Packages of the npm registry, installed as their authors made them. */

/** How long npm may take, in milliseconds. */
const INSTALL_MS = 120_000;

/** A set of packages, and the folders whose scripts use them. */
const SCRIPTS = { npm: "clients", generators: "generators" } as const;

const here = new URL("../", import.meta.url);
const installing = new Map<string, Promise<string>>();

/** Returns the folder of a set of packages, installed once a process: exact versions, and what they depended on when they were chosen. */
export function installed(set: keyof typeof SCRIPTS = "npm"): Promise<string> {
  const folder = installing.get(set) ?? install(set);
  installing.set(set, folder);
  return folder;
}

async function install(set: keyof typeof SCRIPTS): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "tqq-dialects-" });
  addEventListener(
    "unload",
    () => Deno.removeSync(folder, { recursive: true }),
  );
  const copy = (from: string, to: string) =>
    Deno.copyFile(new URL(from, here), `${folder}/${to}`);
  // They have other names here, because Deno would take a package.json for ours.
  await copy(`${set}/packages.json`, "package.json");
  await copy(`${set}/lock.json`, "package-lock.json");
  const scripts = SCRIPTS[set];
  for await (const { name } of Deno.readDir(new URL(`${scripts}/`, here))) {
    if (name.endsWith(".cjs")) await copy(`${scripts}/${name}`, name);
  }
  const { success, stderr } = await new Deno.Command("npm", {
    args: ["ci", "--no-audit", "--no-fund", "--ignore-scripts"],
    cwd: folder,
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(INSTALL_MS),
  }).output();
  if (success) return folder;
  throw new Error(`Cannot install: ${new TextDecoder().decode(stderr)}`);
}
