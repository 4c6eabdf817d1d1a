import config from "../../deno.json" with { type: "json" };
import { assert, assertEquals } from "../deps.ts";
import * as bundled from "../../lib/mod.js";
import * as modules from "../../mod.ts";

const root = new URL("../../", import.meta.url);

/** Files that are built and committed, because a bridge serves them from wherever it was loaded: by the task that builds each. */
const BUILT = {
  console: "bridge/console/app.js",
  bundle: "lib/mod.js",
} as const;

for (const [task, path] of Object.entries(BUILT)) {
  Deno.test(`built files: ${path} is what "deno task ${task}" makes`, async () => {
    const file = await Deno.makeTempFile({ suffix: ".js" });
    try {
      const [, ...args] = config.tasks[task as keyof typeof BUILT]
        .replace(path, file).split(" ");
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args,
        cwd: root,
        stdout: "null",
        stderr: "piped",
      }).output();
      assert(success, new TextDecoder().decode(stderr));
      assert(
        await Deno.readTextFile(file) ===
          await Deno.readTextFile(new URL(path, root)),
        `${path} is not up to date: run "deno task ${task}" and commit it`,
      );
    } finally {
      await Deno.remove(file);
    }
  });
}

Deno.test("built files: lib/mod.js exports what mod.ts exports, and imports nothing", async () => {
  assertEquals(Object.keys(bundled).sort(), Object.keys(modules).sort());
  const text = await Deno.readTextFile(new URL("lib/mod.js", root));
  assertEquals(text.match(/\bimport\b|\brequire\b|node:/g), null);
});
