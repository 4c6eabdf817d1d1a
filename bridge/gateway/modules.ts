/**
 * The client's very modules, so that a script can import them from the bridge
 * that it talks to: as TypeScript, and for browsers, each `.ts` has a `.js`
 * beside it.
 *
 * @module
 */

import { stripTypeScriptTypes } from "node:module";

/** Gives the text of a module by its path, or undefined where there is none. */
export type ModuleSource = (path: string) => Promise<string | undefined>;

/** What is served: `mod.ts`, and what is below `lib/`. No dots but the ending's: no way up. */
const PATH_PATTERN = /^(mod|lib(\/[a-z0-9_]{1,64}){1,8})\.[jt]s$/;

/** Longest path that is looked at. */
const PATH_CHARS = 256;

/** Whether a path names a module that may be served. */
export function isModulePath(path: string): boolean {
  return path.length <= PATH_CHARS && PATH_PATTERN.test(path);
}

/**
 * Modules from beside this program, wherever it was loaded from: a folder, or
 * a URL. Each is read once.
 *
 * @param root The folder that holds `mod.ts`, with a slash at its end.
 * @param read Reads one file; rejects where there is none.
 */
export function modulesFrom(
  root: URL,
  read: (url: URL) => Promise<string> = readModule,
): ModuleSource {
  const known = new Map<string, Promise<string>>();
  return async (path) => {
    if (!isModulePath(path)) return undefined;
    let text = known.get(path);
    if (text === undefined) {
      text = load(path, root, read);
      known.set(path, text);
    }
    try {
      return await text;
    } catch {
      // Only what exists is remembered: made-up paths would fill the memory.
      known.delete(path);
      return undefined;
    }
  };
}

async function load(
  path: string,
  root: URL,
  read: (url: URL) => Promise<string>,
): Promise<string> {
  if (path.endsWith(".ts")) return await read(new URL(path, root));
  return toJavaScript(
    await read(new URL(path.replace(/\.js$/, ".ts"), root)),
  );
}

const LOCAL_IMPORT = /(\bfrom\s+"\.{1,2}\/[\w./]+)\.ts";/g;
const BUILT_IN_IMPORT = /^import (\{[\w\s,]+\}) from ("node:\w+");$/gm;

/**
 * A module without its types. What it imports of `node:` is not there in a
 * browser; the rest of the module works all the same.
 */
function toJavaScript(source: string): string {
  return stripTypeScriptTypes(source)
    .replace(LOCAL_IMPORT, '$1.js";')
    .replace(
      BUILT_IN_IMPORT,
      "const $1 = globalThis.process?.getBuiltinModule($2) ?? {};",
    );
}

async function readModule(url: URL): Promise<string> {
  if (url.protocol === "file:") return await Deno.readTextFile(url);
  const response = await fetch(url);
  if (response.ok) return await response.text();
  await response.body?.cancel();
  throw new Error(`Cannot read the module ${url.pathname}: ${response.status}`);
}
