/** A program that runs out of files. @module */

import { delay } from "@std/async";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PERMISSIONS, Program, serveArgs } from "../../support/program.ts";

/** A program that may have 100 files open. */
async function startWithFewFiles(folder: string) {
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      'ulimit -n 100; exec "$@"',
      "sh",
      Deno.execPath(),
      "run",
      ...PERMISSIONS,
      new URL("../../../bridge/main.ts", import.meta.url).pathname,
      ...serveArgs(folder, "--log-level=error"),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(child.stderr).text();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await lines.read();
    if (done) throw new Error(`Program ended:\n${await stderr}`);
    text += value;
  }
  void (async () => {
    while (!(await lines.read()).done);
  })();
  return { child, stderr, ready: JSON.parse(text.split("\n")[0]!) };
}

type Open = () => Promise<Deno.Conn>;

const LISTENERS: [
  name: string,
  openOf: (ready: { http: string; qq: string }, folder: string) => Open,
][] = [
  [
    "the gateway",
    ({ http }) => () =>
      Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(http).port) }),
  ],
  [
    "the QQ server",
    ({ qq }) => () =>
      Deno.connect({ hostname: "127.0.0.1", port: Number(qq.split(":")[1]) }),
  ],
  [
    "the control endpoint",
    (_, folder) => () =>
      Deno.connect({ path: `${folder}/control.sock`, transport: "unix" }),
  ],
];

for (const [name, openOf] of LISTENERS) {
  Deno.test({
    name:
      `more idle connections to ${name} than the program may have files: it lives, and takes orders once they are closed`,
    ignore: Deno.build.os === "windows",
    async fn() {
      const folder = await Deno.makeTempDir();
      const { child, stderr, ready } = await startWithFewFiles(folder);
      const held: Deno.Conn[] = [];
      const lines = async () => {
        await using program = new Program({
          args: ["token", "list", `--data=${folder}`],
        });
        return await program.output();
      };
      try {
        const open = openOf(ready, folder);
        for (let n = 0; n < 130; n++) held.push(await open());
        const during = lines();
        await delay(2000);
        for (const connection of held.splice(0)) connection.close();
        await during;
        const { code, stdout, stderr: said } = await lines();
        assertEquals(code, 0, said);
        assertStringIncludes(stdout, "admin");
        child.kill("SIGTERM");
        assertEquals((await child.status).code, 0, await stderr);
        assert(!(await stderr).includes("Uncaught"));
      } finally {
        for (const connection of held) connection.close();
        try {
          child.kill("SIGKILL");
        } catch {
          // It has ended.
        }
        await child.status;
        await stderr;
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

Deno.test({
  name: "a data folder whose path is too long for a socket: one line, exit 2",
  ignore: Deno.build.os === "windows",
  async fn() {
    const base = await Deno.makeTempDir();
    const folder = `${base}/${"x".repeat(120)}`;
    await using program = new Program({ args: serveArgs(folder) });
    const { code, stderr } = await program.output();
    assertEquals(code, 2);
    assertStringIncludes(stderr, "the path of its socket must have at most");
    assertEquals(stderr.trim().split("\n").length, 1);
    await Deno.remove(base, { recursive: true });
  },
});
