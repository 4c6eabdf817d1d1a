/**
 * Installs what the browser tests need and is not there: Debian's Chromium.
 *
 * @module
 */

import { CHROMIUM } from "./stage.ts";

async function run(...words: [string, ...string[]]): Promise<void> {
  const [program, ...args] = words;
  const { success, code } = await new Deno.Command(program, {
    args,
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (success) return;
  console.error(`Cannot run ${words.join(" ")}: exit code ${code}`);
  Deno.exit(1);
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

if (!isThere(CHROMIUM)) {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    console.error(
      `Cannot test the console: install Chromium as ${CHROMIUM}, or name one in CHROMIUM`,
    );
    Deno.exit(1);
  }
  await run("apt-get", "update", "-q");
  await run("apt-get", "install", "-q", "-y", "chromium");
}
