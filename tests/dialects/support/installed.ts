/** The clients under test, installed with npm as their authors made them. */

/** How long npm may take, in milliseconds. */
const INSTALL_MS = 120_000;

const here = new URL("../", import.meta.url);
let installing: Promise<string> | undefined;

/** The folder that holds them, made once a process: exact versions, and what they pulled in when they were chosen. */
export function installed(): Promise<string> {
  return installing ??= install();
}

async function install(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "tqq-dialects-" });
  addEventListener(
    "unload",
    () => Deno.removeSync(folder, { recursive: true }),
  );
  const copy = (from: string, to: string) =>
    Deno.copyFile(new URL(from, here), `${folder}/${to}`);
  // They have other names here: Deno would take a package.json for ours.
  await copy("npm/packages.json", "package.json");
  await copy("npm/lock.json", "package-lock.json");
  for await (const { name } of Deno.readDir(new URL("clients/", here))) {
    await copy(`clients/${name}`, name);
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
