/**
 * Builds the npm package of the codec, the client and `BridgeClient`, for Node
 * and for browsers: `deno task npm`, into `dist/npm`. Nothing of them is bundled:
 * the modules are the sources without their types, and have declarations. The
 * durable bridge of the edge is one module beside them.
 *
 * @module
 */

import config from "../../../deno.json" with { type: "json" };
import { stripTypeScriptTypes } from "node:module";
import { moduleGraph } from "../../support/module_graph.ts";
import { ts } from "./deps.ts";

const root = new URL("../../../", import.meta.url);

/** The fields of package.json. */
function manifest(): object {
  const types = "./mod.d.ts";
  return {
    name: config.name,
    version: config.version,
    description: "The QQ HTTP protocol of 2005: codec, client, bridge client",
    license: config.license,
    type: "module",
    sideEffects: false,
    engines: { node: ">=20" },
    exports: {
      ".": { types, default: "./mod.js" },
      "./mod.min.js": { types, default: "./mod.min.js" },
      "./cloudflare": {
        types: "./bridge/cloudflare/mod.d.ts",
        default: "./cloudflare.js",
      },
      "./package.json": "./package.json",
    },
    types,
    unpkg: "./mod.min.js",
    jsdelivr: "./mod.min.js",
  };
}

/**
 * Builds the package.
 *
 * @param folder Target folder; its content is removed first.
 * @returns The paths of its files.
 */
export async function buildPackage(folder: string): Promise<string[]> {
  const modules = await modulesOf("mod.ts");
  const files = new Map<string, string>(declarationsOf(modules));
  for (const path of modules) {
    const script = path.replace(/\.ts$/, ".js");
    files.set(
      script,
      toJavaScript(await Deno.readTextFile(new URL(path, root))),
    );
  }
  const edge = declarationsOf(await modulesOf("bridge/cloudflare/mod.ts"));
  for (const path of reachedBy("bridge/cloudflare/mod.d.ts", edge)) {
    files.set(path, edge.get(path)!);
  }
  files.set("package.json", `${JSON.stringify(manifest(), undefined, 2)}\n`);
  for (
    const [name, source] of [
      ["README.md", "tests/packaging/npm/PACKAGE.md"],
      ["LICENSE", "LICENSE"],
      ["mod.min.js", "lib/mod.js"],
    ] as const
  ) files.set(name, await Deno.readTextFile(new URL(source, root)));
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  for (const [path, text] of files) {
    const file = `${folder}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
  await buildEdge(folder);
  return [...files.keys(), "cloudflare.js"].sort();
}

async function modulesOf(entry: string): Promise<string[]> {
  const { imports } = await moduleGraph(root, entry);
  return [...imports.keys()].filter((path) => path.endsWith(".ts"));
}

/** The declarations that an entry's refer to. */
function reachedBy(
  entry: string,
  files: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const reached = new Set([entry]);
  for (const path of reached) {
    const text = files.get(path)!;
    for (const [, target] of text.matchAll(/["'](\.{1,2}\/[^"']*)\.js["']/g)) {
      const url = new URL(`${target}.d.ts`, `file:///${path}`);
      reached.add(url.pathname.slice(1));
    }
  }
  return reached;
}

/** Adds the durable bridge, which has third parties inside: another configuration knows them. */
async function buildEdge(folder: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      `--config=${new URL("tests/deno.json", root).pathname}`,
      "--allow-all",
      new URL("tests/packaging/edge/build.ts", root).pathname,
      folder,
    ],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Removes the types of a module. */
function toJavaScript(source: string): string {
  return stripTypeScriptTypes(source)
    .replace(/(\bfrom\s+"\.{1,2}\/[\w./]+)\.ts";/g, '$1.js";');
}

/** Makes the declarations of modules. `deno check` reports their errors. */
function declarationsOf(modules: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  const program = ts.createProgram(
    modules.map((path) => new URL(path, root).pathname),
    {
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.NodeNext,
      lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      allowImportingTsExtensions: true,
      declaration: true,
      emitDeclarationOnly: true,
      stripInternal: true,
    },
  );
  program.emit(undefined, (path, text) => {
    const name = path.slice(root.pathname.length);
    files.set(name, text.replace(/(\bfrom "\.[^"]*)\.ts"/g, '$1.js"'));
  });
  return files;
}

if (import.meta.main) {
  const [folder = new URL("dist/npm", root).pathname] = Deno.args;
  const files = await buildPackage(folder);
  console.log(`${files.length} files in ${folder}`);
}
