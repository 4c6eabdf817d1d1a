/** Fetches what the tests need while the first parts run: `install.ts programs`, or `packages`. @module */

import { installed } from "../runtimes/installed.ts";

/** Sets of npm packages: their folder, and where they are kept. */
const SETS = [
  ["../runtimes/npm/", "tqq-runtimes"],
  ["../workerd/npm/", "tqq-workerd"],
  ["../dialects/npm/", "tqq-dialects"],
  ["../dialects/generators/", "tqq-generators"],
] as const;

/** Debian's packages, and the program of each. Only CI installs them: elsewhere the tests do without. */
const PROGRAMS = [
  ["nats-server", "nats-server"],
  ["chromium", "chromium"],
  ["chromium-headless-shell", "chromium-headless-shell"],
] as const;

/** Installs what is missing of Debian's packages. */
async function installPrograms(): Promise<void> {
  if (!Deno.env.has("CI") || Deno.build.os !== "linux" || Deno.uid() !== 0) {
    return;
  }
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  const missing = PROGRAMS.filter(([program]) =>
    folders.every((folder) => !isFile(`${folder}/${program}`))
  );
  if (missing.length === 0) return;
  await apt("update", "-q");
  await apt("install", "-q", "-y", ...missing.map(([, name]) => name));
}

async function apt(...args: string[]): Promise<void> {
  const { success, code } = await new Deno.Command("apt-get", {
    args,
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdout: "null",
  }).output();
  if (!success) {
    throw new Error(
      `Cannot install: apt-get ${
        args[0]
      } must succeed, got exit code ${code}. Install ${
        PROGRAMS.map(([, name]) => name).join(" and ")
      } by hand.`,
    );
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

if (Deno.args[0] === "programs") await installPrograms();
else {
  // One after the other: npm computes, too.
  for (const [folder, cache] of SETS) {
    // The part that needs them tries again, and says what is wrong.
    await installed(new URL(folder, import.meta.url), cache).catch((error) =>
      console.log(String(error))
    );
  }
}
