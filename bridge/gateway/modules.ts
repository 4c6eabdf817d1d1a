/** The client library, which scripts can import from their bridge: as TypeScript, and for browsers in one file. @module */

/** Returns the text of the module at a path; `undefined` if there is none. */
export type ModuleSource = (path: string) => Promise<string | undefined>;

/** Path at which the bundle of `mod.ts` is served. */
const BUNDLE = "mod.js";

/** Paths served in addition to the bundle. No dot except that of the ending, so no path leads upwards. */
const PATH_PATTERN = /^(mod|lib(\/[a-z0-9_]{1,64}){1,8})\.ts$/;

/** Maximum length of a path, in characters. */
const PATH_CHARS = 256;

/** Whether a path names a module that may be served. */
export function isModulePath(path: string): boolean {
  return path === BUNDLE ||
    path.length <= PATH_CHARS && PATH_PATTERN.test(path);
}

/** Path of the file that is served at a path, relative to the folder of `mod.ts`. */
export function moduleFile(path: string): string {
  return path === BUNDLE ? `lib/${BUNDLE}` : path;
}

/**
 * Creates a source of the modules beside this program, which was loaded from a
 * folder or a URL. Each module is read once.
 *
 * @param root Folder of `mod.ts`, with a slash at its end.
 * @param read Reads one file; rejects if it is missing.
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
      // Only modules that exist are cached, because a client can invent any number of paths.
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
