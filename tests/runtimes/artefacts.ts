/** Builds what the runtimes load. @module */

const root = new URL("../../", import.meta.url);
const here = new URL("./", import.meta.url);

async function run(
  program: string,
  args: string[],
  cwd: URL | string = root,
): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(program, {
    args,
    cwd,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (success) return text(stdout);
  throw new Error(`Cannot run ${program} ${args.join(" ")}: ${text(stderr)}`);
}

/** Builds the artefacts in a folder. */
export async function build(folder: string, modules: string): Promise<void> {
  const bundle = (from: string, to: string, format: string) =>
    run(Deno.execPath(), [
      "bundle",
      "--platform=browser",
      `--format=${format}`,
      `--output=${folder}/${to}`,
      from,
    ]);
  const source = (name: string) => new URL(name, here).pathname;
  await bundle(source("cases.ts"), "cases.js", "esm");
  await bundle(source("edge_script.ts"), "edge_script.js", "iife");
  await bundle(source("worker.ts"), "worker.js", "esm");
  for (const name of ["worker_host.cjs", "edge_host.cjs", "driver.mjs"]) {
    await Deno.copyFile(source(name), `${folder}/${name}`);
  }
  await Deno.writeTextFile(`${folder}/package.json`, '{"type":"module"}');
  await Deno.symlink(modules, `${folder}/node_modules`);
  await installPackage(folder);
  // The same Worker with the package in place of mod.js.
  const worker = (await Deno.readTextFile(source("worker.ts")))
    .replaceAll(
      "../../lib/mod.js",
      `${folder}/project/node_modules/@tqq/tqq/mod.js`,
    )
    .replaceAll("../../mod.ts", new URL("mod.ts", root).pathname)
    .replaceAll("./cases.ts", source("cases.ts"));
  await Deno.writeTextFile(`${folder}/worker_npm.ts`, worker);
  await bundle(`${folder}/worker_npm.ts`, "worker_npm.js", "esm");
}

/** Builds the npm package in `npm`, packs it, and installs it in the empty `project`. */
async function installPackage(folder: string): Promise<void> {
  await run(Deno.execPath(), [
    "run",
    "--allow-all",
    `--config=${new URL("tests/packaging/npm/deno.json", root).pathname}`,
    new URL("tests/packaging/npm/build.ts", root).pathname,
    `${folder}/npm`,
  ]);
  const project = `${folder}/project`;
  await Deno.mkdir(project);
  await Deno.writeTextFile(
    `${project}/package.json`,
    '{"private":true,"type":"module"}',
  );
  const packed = await run("npm", [
    "pack",
    "--silent",
    `--pack-destination=${project}`,
    `${folder}/npm`,
  ]);
  await run("npm", [
    "install",
    "--offline",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    `${project}/${packed.trim()}`,
  ], project);
  await Deno.copyFile(new URL("driver.mjs", here), `${project}/driver.mjs`);
}
