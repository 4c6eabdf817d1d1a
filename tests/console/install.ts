/** Installs the browsers of the tests that are missing: Debian's. @module */

import { CHROMIUM } from "../support/chromium.ts";

/** Chromium without a window, for the tests of the console. */
export const HEADLESS_SHELL = "/usr/bin/chromium-headless-shell";

export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

async function run(...words: [string, ...string[]]): Promise<boolean> {
  const [program, ...args] = words;
  const { success, code } = await new Deno.Command(program, {
    args,
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) {
    console.error(`Cannot run ${words.join(" ")}: exit code ${code}`);
  }
  return success;
}

/** Returns whether there is a browser now; with any Chromium the shell is not needed. */
async function install(): Promise<boolean> {
  const named = Deno.env.get("CHROMIUM");
  if (named !== undefined) return isFile(named);
  const missing = [
    ...(isFile(HEADLESS_SHELL) ? [] : ["chromium-headless-shell"]),
    ...(CHROMIUM === undefined ? ["chromium"] : []),
  ];
  if (missing.length === 0) return true;
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    return CHROMIUM !== undefined;
  }
  return await run("apt-get", "update", "-q") &&
      await run("apt-get", "install", "-q", "-y", ...missing) ||
    CHROMIUM !== undefined;
}

if (import.meta.main && !await install()) {
  console.error(
    "Cannot test the console: there is no Chromium. Install it, or set CHROMIUM to its path.",
  );
  Deno.exit(1);
}
