import { assertEquals } from "@std/assert";

/** The names at the top of the project. Everybody reads them, so there are few. */
const TOP = [
  ".ci",
  ".gitignore",
  "CHANGELOG.md",
  "Dockerfile",
  "LICENSE",
  "README.md",
  "README.zh-CN.md",
  "bridge",
  "deno.json",
  "deno.lock",
  "lib",
  "mod.ts",
  "tests",
];

/** The files in version control; undefined if git or its folder is missing. */
async function trackedFiles(): Promise<string[] | undefined> {
  try {
    const { stdout, success } = await new Deno.Command("git", {
      args: ["ls-files", "-z"],
      cwd: new URL("../../", import.meta.url),
      stderr: "null",
    }).output();
    return success
      ? new TextDecoder().decode(stdout).split("\0").slice(0, -1)
      : undefined;
  } catch {
    return undefined;
  }
}

const tracked = await trackedFiles();

Deno.test({
  name: "layout: the top level has only the files named here",
  ignore: tracked === undefined,
  fn() {
    const names = new Set(tracked!.map((path) => path.split("/")[0]!));
    assertEquals([...names].sort(), TOP);
  },
});
