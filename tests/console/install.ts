/** Installs Debian's Chromium for the browser tests if it is missing. @module */

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

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

if (!isFile(CHROMIUM)) {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    console.error(
      `Cannot test the console: there is no Chromium at ${CHROMIUM}. Install it there, or set CHROMIUM to its path.`,
    );
    Deno.exit(1);
  }
  await run("apt-get", "update", "-q");
  await run("apt-get", "install", "-q", "-y", "chromium");
}
