/** The sub-command `consumer`: through the program that runs on a folder, and on the folder itself. @module */

import { delay } from "@std/async";
import { BridgeClient, type ConsumerInfo } from "../../../mod.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Program, serveArgs } from "../../support/program.ts";
import { runMain } from "../../support/run_main.ts";

async function run(...args: string[]) {
  const { code, out, err } = await runMain(args);
  return { code, out: out.join("\n"), err: err.join("\n") };
}

Deno.test("consumer: what is wrong is one line, and an exit code", async () => {
  const ways = 'must be "consumer list" or "consumer remove ID"';
  for (const args of ["", "list all", "remove", "remove a/b c", "lst"]) {
    const words = ["consumer", ...args.split(" ").filter((one) => one)];
    assertEquals(await run(...words), {
      code: 2,
      out: "",
      err: `tqq: Cannot use consumer: ${ways}, got "${words.join(" ")}"`,
    });
  }
});

Deno.test("consumer: list, remove, and revoke free names, with the program and without", async () => {
  const folder = await Deno.makeTempDir();
  const act = (...args: string[]) =>
    run("consumer", ...args, `--data=${folder}`);
  const list = async (): Promise<ConsumerInfo[]> =>
    JSON.parse((await act("list", "--json")).out);
  const names = async () =>
    (await list()).map(({ token, name }) => `${token}/${name}`).sort();
  const idOf = async (named: string) =>
    (await list()).find(({ token, name }) => `${token}/${name}` === named)!.id;
  try {
    {
      await using program = new Program({
        args: serveArgs(folder, "--no-demo"),
      });
      const { http = "" } = await program.ready();
      for (const name of ["a", "b"]) {
        const { out: token } = await run(
          "token",
          "add",
          name,
          `--data=${folder}`,
        );
        for (const consumer of ["x", "y"]) {
          await using client = new BridgeClient({
            url: `${http}/ws`,
            token,
            consumer,
          });
          await client.ping();
          const [mine] = (await client.consumers({ token: name })).consumers
            .filter((one) => one.name === consumer);
          assertEquals(mine?.id.endsWith(`/${consumer}`), true);
          assertEquals(typeof mine?.connection, "string");
          const { code, err } = await act("remove", mine!.id);
          assertEquals(code, 1);
          assertStringIncludes(err, "Stop its client first.");
        }
      }
      assertEquals(await names(), ["a/x", "a/y", "b/x", "b/y"]);
      while ((await list()).some(({ connection }) => connection)) {
        await delay(20);
      }
      const id = await idOf("a/x");
      assertStringIncludes((await act("list")).out, `${id}  a `);
      assertEquals(await act("remove", id), {
        code: 0,
        out: "",
        err: `Consumer ${id} is removed.`,
      });
      await run("token", "revoke", "b", `--data=${folder}`);
      assertEquals(await names(), ["a/y"]);
      program.kill("SIGTERM");
      await program.output();
    }
    assertEquals(await names(), ["a/y"]);
    assertEquals((await act("remove", "a/none")).code, 1);
    assertEquals((await act("remove", await idOf("a/y"))).code, 0);
    assertEquals(await names(), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
