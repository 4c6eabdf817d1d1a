/** The console's files, from beside this module: from a folder, or from a URL. @module */

/** A file, and its media type. */
export interface ConsoleFile {
  /** Its text. */
  text: string;
  /** Its `Content-Type`. */
  type: string;
}

/** The files by the path at which they are served. */
export const CONSOLE_FILES: Readonly<
  Record<string, { name: string; type: string }>
> = {
  "/": { name: "index.html", type: "text/html; charset=utf-8" },
  "/console/app.js": { name: "app.js", type: "text/javascript; charset=utf-8" },
  "/console/app.css": { name: "app.css", type: "text/css; charset=utf-8" },
};

/** Gives a file by the path at which it is served; rejects where it cannot be read. */
export type ConsoleSource = (path: string) => Promise<ConsoleFile>;

/**
 * Reads each file once.
 *
 * @param read Reads one file; rejects where there is none.
 */
export function consoleFiles(
  read: (url: URL) => Promise<string> = readFile,
): ConsoleSource {
  const known = new Map<string, Promise<string>>();
  return async (path) => {
    const file = CONSOLE_FILES[path];
    if (file === undefined) {
      throw new RangeError(`Cannot read a file of the console: got ${path}`);
    }
    const { name, type } = file;
    const text = known.get(name) ?? read(new URL(name, import.meta.url));
    known.set(name, text);
    try {
      return { text: await text, type };
    } catch (error) {
      known.delete(name);
      throw error;
    }
  };
}

async function readFile(url: URL): Promise<string> {
  if (url.protocol === "file:") return await Deno.readTextFile(url);
  const response = await fetch(url);
  if (response.ok) return await response.text();
  await response.body?.cancel();
  throw new Error(`Cannot read the file ${url.pathname}: ${response.status}`);
}
