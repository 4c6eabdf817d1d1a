/** What a program does where nobody takes what it says. */

import { delay } from "@std/async";
import { assert, assertEquals } from "@std/assert";
import { PERMISSIONS, serveArgs } from "../../support/program.ts";
import { RawSocket } from "../../support/raw_socket.ts";

const MAIN = new URL("../../../bridge/main.ts", import.meta.url).pathname;
const TOKEN = "streams-0123456789abcdef0123456789abcdef01234";

function start(folder: string, more: string[], shell: string) {
  return new Deno.Command("sh", {
    args: [
      "-c",
      shell,
      "sh",
      Deno.execPath(),
      "run",
      ...PERMISSIONS,
      MAIN,
      ...serveArgs(folder, ...more),
    ],
    env: { TQQ_TOKEN: TOKEN },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Where it serves clients, as its folder says once it does; throws where it ends before. */
async function portOf(
  folder: string,
  child: Deno.ChildProcess,
): Promise<number> {
  let code: number | undefined;
  void child.status.then((status) => code = status.code);
  for (;;) {
    assert(code === undefined, `It ended with ${code}`);
    try {
      const { http } = JSON.parse(
        await Deno.readTextFile(`${folder}/running.json`),
      );
      if (http !== undefined) return Number(new URL(http).port);
    } catch {
      // Not yet.
    }
    await delay(20);
  }
}

/** Ends what a test that failed has left: the program, and the shell around it. */
async function end(folder: string, child: Deno.ChildProcess): Promise<void> {
  try {
    const text = await Deno.readTextFile(`${folder}/running.json`);
    Deno.kill(JSON.parse(text).pid, "SIGKILL");
  } catch {
    // It runs no more.
  }
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
  await child.status;
}

Deno.test("streams: a standard error that nobody reads stops nothing, and the end is the usual one", async () => {
  const folder = await Deno.makeTempDir();
  const child = start(folder, ["--log-level=debug"], 'exec "$@"');
  try {
    const port = await portOf(folder, child);
    // Two lines of 150 bytes at least each: twice what a pipe takes.
    for (let n = 0; n < 450; n++) {
      using socket = await RawSocket.open(port, `/ws?access_token=${TOKEN}`);
      await socket.json();
    }
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
    const said = await new Response(child.stderr).text();
    // The pipe was full, or its last line would be there. It has 16 pages, and
    // what is written at once begins another where it does not fit: they are
    // more than half full, two by two.
    assert(said.length > 32_768, `it said only ${said.length}`);
    assert(!said.includes("Ended"));
  } finally {
    await end(folder, child);
    await child.stdout.cancel();
    await child.stderr.cancel().catch(() => {});
    await Deno.remove(folder, { recursive: true });
  }
});

for (
  const [what, shell] of [
    ["full", 'exec "$@" > /dev/full'],
    ["closed", 'exec 3>&1; { "$@" 3>&-; echo $? >&3; } | exec 3>&-'],
  ] as const
) {
  Deno.test(`streams: it runs where standard output is ${what}`, async () => {
    const folder = await Deno.makeTempDir();
    const child = start(folder, [], shell);
    const said = new Response(child.stderr).text();
    try {
      const port = await portOf(folder, child);
      using socket = await RawSocket.open(port, `/ws?access_token=${TOKEN}`);
      assertEquals((await socket.json()).type, "welcome");
      const { pid } = JSON.parse(
        await Deno.readTextFile(`${folder}/running.json`),
      );
      Deno.kill(pid, "SIGTERM");
      const stdout = await new Response(child.stdout).text();
      const { code } = await child.status;
      assertEquals(what === "full" ? `${code}` : stdout.trim(), "0");
      const text = await said;
      assert(text.includes("cannot write to standard output"), text);
      assert(text.includes('"message":"Ended"'), text);
    } finally {
      await end(folder, child);
      await said;
      await child.stdout.cancel().catch(() => {});
      await Deno.remove(folder, { recursive: true });
    }
  });
}
