/**
 * `deno task edge [FILE]`: bundles `./cloudflare` for the npm package into one
 * module, `dist/cloudflare.js`, with its third parties and their licences.
 *
 * @module
 */

import { moduleGraph } from "../../support/module_graph.ts";

const root = new URL("../../../", import.meta.url);
const ENTRY = "bridge/cloudflare/mod.ts";

/** Copyright line of the package that has no file of its licence. */
const DENO_AUTHORS = "Copyright (c) 2018-2026 the Deno authors";

/** Bundles the entry into a file. */
export async function buildEdge(path: string): Promise<void> {
  await run([
    "bundle",
    `--lock=${new URL("deno.lock", root).pathname}`,
    "--frozen",
    "--platform=browser",
    "--minify",
    `--output=${path}`,
    new URL(ENTRY, root).pathname,
  ]);
  const script = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, `${await notices()}${script}`);
}

/** A comment with the licence of this project and of each third party in the bundle. */
async function notices(): Promise<string> {
  const own = await Deno.readTextFile(new URL("LICENSE", root));
  const { npmCache } = JSON.parse(await run(["info", "--json"]));
  const texts = [`tqq\n\n${own}`];
  for (const [name, version] of await thirdParties()) {
    const file = `${npmCache}/registry.npmjs.org/${name}/${version}/LICENSE`;
    const licence = await Deno.readTextFile(file).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return own.replace(/^Copyright .*$/m, DENO_AUTHORS);
    });
    texts.push(`${name} ${version}\n\n${licence}`);
  }
  const lines = texts.map((text) => text.trim()).join("\n\n---\n\n").split(
    "\n",
  );
  const comment = lines.map((line) => ` * ${line}`.trimEnd()).join("\n");
  return `/*!\n${comment}\n */\n`;
}

/** Names and versions of the packages that the entry imports. */
async function thirdParties(): Promise<[name: string, version: string][]> {
  const { imports } = await moduleGraph(root, ENTRY);
  const found = new Map<string, string>();
  for (const { target } of [...imports.values()].flat()) {
    const parts = /^npm:\/?((?:@[^/]+\/)?[^@/]+)@([^/]+)/.exec(target);
    if (parts !== null) found.set(parts[1]!, parts[2]!);
  }
  return [...found].sort();
}

async function run(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(
    `Cannot build the bundle: ${new TextDecoder().decode(stderr)}`,
  );
}

if (import.meta.main) {
  await Deno.mkdir(new URL("dist/", root), { recursive: true });
  const [path = new URL("dist/cloudflare.js", root).pathname] = Deno.args;
  await buildEdge(path);
  console.log(path);
}
