import config from "../../deno.json" with { type: "json" };
import { assert, assertEquals } from "@std/assert";
import * as bundled from "../../lib/mod.js";
import * as modules from "../../mod.ts";

const root = new URL("../../", import.meta.url);

/** Files that are built and committed, because a bridge serves them from wherever it was loaded: by the task that builds each. */
const BUILT = {
  console: "bridge/console/dist",
  bundle: "lib/mod.js",
} as const;

for (const [task, path] of Object.entries(BUILT)) {
  Deno.test(`built files: ${path} is what "deno task ${task}" makes`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const output = `${folder}/output`;
      const [, ...args] = config.tasks[task as keyof typeof BUILT]
        .replace(path, output).split(" ");
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args,
        cwd: root,
        stdout: "null",
        stderr: "piped",
      }).output();
      assert(success, new TextDecoder().decode(stderr));
      const [built, committed] = await Promise.all([
        readFiles(output),
        readFiles(new URL(path, root).pathname),
      ]);
      const advice =
        `${path} is not up to date: run "deno task ${task}" and commit it`;
      assertEquals([...built.keys()], [...committed.keys()], advice);
      for (const [name, text] of built) {
        assert(text === committed.get(name), `${name}: ${advice}`);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** Reads a file, or all files of a folder, by name. */
async function readFiles(path: string): Promise<Map<string, string>> {
  if (!(await Deno.stat(path)).isDirectory) {
    return new Map([["", await Deno.readTextFile(path)]]);
  }
  const names = await Array.fromAsync(Deno.readDir(path), ({ name }) => name);
  return new Map(
    await Promise.all(
      names.sort().map(async (name) =>
        [name, await Deno.readTextFile(`${path}/${name}`)] as const
      ),
    ),
  );
}

Deno.test("built files: lib/mod.js exports what mod.ts exports, and imports nothing", async () => {
  assertEquals(Object.keys(bundled).sort(), Object.keys(modules).sort());
  const text = await Deno.readTextFile(new URL("lib/mod.js", root));
  assertEquals(text.match(/\bimport\b|\brequire\b|node:/g), null);
});
