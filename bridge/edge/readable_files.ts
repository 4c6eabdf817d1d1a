/** Files beside the bridge's modules, as far as the platform permits reading. @module */

import { consoleFiles, type ConsoleSource } from "../console/files.ts";
import {
  isModulePath,
  moduleFile,
  modulesFrom,
  type ModuleSource,
} from "../gateway/modules.ts";

/** Folder or URL that holds `mod.ts`. */
const ROOT = new URL("../../", import.meta.url);

/** The client's modules. Never prompts for a permission. */
export function readableModules(): ModuleSource {
  const modules = modulesFrom(ROOT);
  return async (path) =>
    isModulePath(path) && await mayRead(moduleFile(path))
      ? await modules(path)
      : undefined;
}

/** The console's files, or one line of text if they cannot be read. */
export function readableConsole(): ConsoleSource {
  const files = consoleFiles();
  return async (path) =>
    await mayRead("bridge/console/dist/index.html") ? await files(path) : {
      text: "The bridge is running. Its console's files cannot be read here.\n",
      type: "text/plain; charset=utf-8",
    };
}

async function mayRead(path: string): Promise<boolean> {
  const url = new URL(path, ROOT);
  if (url.protocol !== "file:") return true;
  const { Deno: platform } = globalThis as { Deno?: Partial<typeof Deno> };
  if (platform?.readTextFile === undefined) return false;
  const { state } = await platform.permissions?.query({
    name: "read",
    path: url,
  }) ?? { state: "denied" };
  return state === "granted";
}
