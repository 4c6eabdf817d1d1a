/** Files of the console, read from beside this module: from a folder or a URL. @module */

import names from "./dist/files.json" with { type: "json" };

export interface ConsoleFile {
  text: string;
  /** Value of its `Content-Type` header. */
  type: string;
  /** Whether its name contains a hash of its content, so that it never changes. */
  isImmutable?: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

/** Files in `dist/` by the path at which they are served. */
export const CONSOLE_FILES: Readonly<
  Record<string, { name: string; type: string; isImmutable: boolean }>
> = Object.fromEntries([
  ["/", fileOf("index.html", false)],
  ...names.map((name) => [`/console/${name}`, fileOf(name, true)] as const),
]);

/** Reads the file served at a path; rejects if it cannot be read. */
export type ConsoleSource = (path: string) => Promise<ConsoleFile>;

/**
 * Creates a source that reads each file once.
 *
 * @param read Reads one file; rejects if it is missing.
 */
export function consoleFiles(
  read: (url: URL) => Promise<string> = readFile,
): ConsoleSource {
  const known = new Map<string, Promise<string>>();
  return async (path) => {
    const file = CONSOLE_FILES[path];
    if (file === undefined) {
      throw new RangeError(
        `Cannot read a file of the console: no file has this path, got ${path}`,
      );
    }
    const { name, type, isImmutable } = file;
    const text = known.get(name) ??
      read(new URL(`dist/${name}`, import.meta.url));
    known.set(name, text);
    try {
      return { text: await text, type, isImmutable };
    } catch (error) {
      known.delete(name);
      throw error;
    }
  };
}

function fileOf(name: string, isImmutable: boolean) {
  return { name, type: TYPES[name.split(".").at(-1)!]!, isImmutable };
}

async function readFile(url: URL): Promise<string> {
  if (url.protocol === "file:") return await Deno.readTextFile(url);
  const response = await fetch(url);
  if (response.ok) return await response.text();
  await response.body?.cancel();
  throw new Error(`Cannot read the file ${url.pathname}: ${response.status}`);
}
