/**
 * The client's modules, so that a script can import them from the bridge
 * that it talks to: as TypeScript, and for browsers in one file.
 *
 * @module
 */

/** Gives the text of a module by its path, or undefined where there is none. */
export type ModuleSource = (path: string) => Promise<string | undefined>;

/** The bundle of `mod.ts`, by the path at which it is served. */
const BUNDLE = "mod.js";

/** What is served beside the bundle: `mod.ts`, and what is below `lib/`. No dots but the ending's: no way up. */
const PATH_PATTERN = /^(mod|lib(\/[a-z0-9_]{1,64}){1,8})\.ts$/;

/** Longest path that is looked at. */
const PATH_CHARS = 256;

/** Whether a path names a module that may be served. */
export function isModulePath(path: string): boolean {
  return path === BUNDLE ||
    path.length <= PATH_CHARS && PATH_PATTERN.test(path);
}

/** The file that is served at a path, relative to the folder of `mod.ts`. */
export function moduleFile(path: string): string {
  return path === BUNDLE ? `lib/${BUNDLE}` : path;
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
      text = read(new URL(moduleFile(path), root));
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

async function readModule(url: URL): Promise<string> {
  if (url.protocol === "file:") return await Deno.readTextFile(url);
  const response = await fetch(url);
  if (response.ok) return await response.text();
  await response.body?.cancel();
  throw new Error(`Cannot read the module ${url.pathname}: ${response.status}`);
}
