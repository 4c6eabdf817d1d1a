import { assertEquals } from "../deps.ts";

/** What stands at the top: each name more is one that everybody has to look at. */
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

/** The files that are kept; undefined where git, or its folder, is not there to ask. */
async function keptFiles(): Promise<string[] | undefined> {
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

const kept = await keptFiles();

Deno.test({
  name: "layout: the top level has only the files named here",
  ignore: kept === undefined,
  fn() {
    const names = new Set(kept!.map((path) => path.split("/")[0]!));
    assertEquals([...names].sort(), TOP);
  },
});
