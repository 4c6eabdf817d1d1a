/**
 * `deno task edge [FOLDER]`: bundles `./cloudflare` for the npm package into one
 * module, `cloudflare.js`, with its third parties and their licences. Beside it
 * `assets/` has the files that the Worker serves instead of the object.
 *
 * @module
 */

import { CONSOLE_FILES } from "../../../bridge/console/files.ts";
import { createBridge } from "../../../bridge/mod.ts";

import { moduleGraph } from "../../support/module_graph.ts";
import { readLicence } from "./licences.ts";

const root = new URL("../../../", import.meta.url);
const ENTRY = "bridge/cloudflare/mod.ts";

/** Copyright line of `deno-std`, which is under the same licence and has no file of it. */
const DENO_AUTHORS = "Copyright (c) 2018-2026 the Deno authors";

/** Headers of an answer that the platform sets by itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "cache-control",
  "content-length",
  "content-type",
  "etag",
  "vary",
]);

/** Builds the bundle and the assets below a folder. */
export async function buildEdge(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await buildBundle(`${folder}/cloudflare.js`);
  await buildAssets(`${folder}/assets`);
}

async function buildBundle(path: string): Promise<void> {
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

/** Writes what a bridge answers at the paths of the console and the library, with its headers. */
async function buildAssets(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/console`, { recursive: true });
  const bridge = createBridge({
    accounts: [],
    endpoint: "http://127.0.0.1:9/",
    token: "no-client-needs-it",
    signals: false,
  });
  for (const path of [...Object.keys(CONSOLE_FILES), "/mod.js"]) {
    const request = new Request(`http://127.0.0.1${path}`);
    const response = await bridge.fetch(request);
    if (!response.ok) throw new Error(`Cannot read the asset ${path}`);
    const name = path === "/" ? "/index.html" : path;
    await Deno.writeTextFile(folder + name, await response.text());
    if (path === "/") {
      await Deno.writeTextFile(`${folder}/_headers`, headersOf(response));
    }
  }
  await bridge.stop();
}

/** The headers of an answer in the format of the platform. */
function headersOf({ headers }: Response): string {
  const lines = [...headers]
    .filter(([name]) => !OWN_HEADERS.has(name))
    .map(([name, value]) => `  ${name}: ${value}\n`);
  return `/*\n${lines.join("")}`;
}

/** A comment with the licence of this project and of each third party in the bundle. */
async function notices(): Promise<string> {
  const own = await Deno.readTextFile(new URL("LICENSE", root));
  const { npmCache } = JSON.parse(await run(["info", "--json"]));
  return await noticesOf(own, npmCache, await thirdParties());
}

/** A comment with our own licence and those of packages in Deno's cache. */
export async function noticesOf(
  own: string,
  npmCache: string,
  packages: readonly (readonly [name: string, version: string])[],
): Promise<string> {
  const texts = [`tqq\n\n${own}`];
  for (const [name, version] of packages) {
    const licence = await readLicence(npmCache, name, version) ??
      (name === "deno-std"
        ? own.replace(/^Copyright .*$/m, DENO_AUTHORS)
        : undefined);
    if (licence === undefined) {
      throw new Error(
        `Cannot write the notices: ${name} ${version} must have a file of its licence, got none. Look up its licence, and add it here.`,
      );
    }
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
  const [folder = new URL("dist/edge", root).pathname] = Deno.args;
  await buildEdge(folder);
  console.log(folder);
}
