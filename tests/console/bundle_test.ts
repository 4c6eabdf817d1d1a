import { assert } from "../deps.ts";

const root = new URL("../../", import.meta.url);

Deno.test("console: app.js is the bundle of the sources", async () => {
  const { tasks } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  ) as { tasks: { console: string } };
  const file = await Deno.makeTempFile({ suffix: ".js" });
  try {
    const [, ...args] = tasks.console
      .replace("bridge/console/app.js", file).split(" ");
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd: root,
      stdout: "null",
      stderr: "piped",
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    const made = await Deno.readTextFile(file);
    const served = await Deno.readTextFile(
      new URL("bridge/console/app.js", root),
    );
    assert(
      made === served,
      "app.js is stale: run deno task console and commit it",
    );
  } finally {
    await Deno.remove(file);
  }
});
