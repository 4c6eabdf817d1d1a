/** Files beside the bridge's modules, as far as the platform permits reading. @module */

import { consoleFiles, type ConsoleSource } from "../console/files.ts";
import {
  isModulePath,
  moduleFile,
  modulesFrom,
  type ModuleSource,
} from "../gateway/modules.ts";

/** Folder or URL that holds `mod.ts`; undefined in a bundle whose platform gives it none. */
function findRoot(): URL | undefined {
  const url = import.meta.url;
  return URL.canParse("../../", url) ? new URL("../../", url) : undefined;
}

/** The client's modules. Never prompts for a permission. */
export function readableModules(): ModuleSource {
  let modules: ModuleSource | undefined;
  return async (path) => {
    const root = findRoot();
    if (root === undefined || !isModulePath(path)) return undefined;
    modules ??= modulesFrom(root);
    return await mayRead(moduleFile(path)) ? await modules(path) : undefined;
  };
}

/** The console's files, or one line of text if they cannot be read. */
export function readableConsole(): ConsoleSource {
  const files = consoleFiles();
  return async (path) =>
    await mayRead("bridge/console/dist/index.html")
      ? await files(path)
      : await noConsole(path);
}

/** No modules: where the platform serves them itself. */
export const noModules: ModuleSource = () => Promise.resolve(undefined);

/** One line of text for each path of the console. */
export const noConsole: ConsoleSource = () =>
  Promise.resolve({
    text: "The bridge is running. Its console's files cannot be read here.\n",
    type: "text/plain; charset=utf-8",
  });

async function mayRead(path: string): Promise<boolean> {
  const root = findRoot();
  if (root === undefined) return false;
  const url = new URL(path, root);
  if (url.protocol !== "file:") return true;
  const { Deno: platform } = globalThis as { Deno?: Partial<typeof Deno> };
  if (platform?.readTextFile === undefined) return false;
  const { state } = await platform.permissions?.query({
    name: "read",
    path: url,
  }) ?? { state: "denied" };
  return state === "granted";
}
