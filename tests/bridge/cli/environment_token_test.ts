/** What `TQQ_TOKEN` does at a start: the program in a process of its own. @module */

import { assertEquals, assertMatch } from "@std/assert";
import { Program, serveArgs } from "../../support/program.ts";
import { runMain } from "../../support/run_main.ts";

interface Started {
  http: string;
  /** Standard output so far. */
  text: string;
}

/** Starts the program in text mode, and ends it in order. Returns the lines of its log about tokens. */
async function during(
  folder: string,
  token: string | undefined,
  use: (started: Started) => Promise<void>,
): Promise<string[]> {
  const args = serveArgs(folder).filter((one) => one !== "--log-format=json");
  await using program = new Program({
    args,
    ...(token === undefined ? {} : { env: { TQQ_TOKEN: token } }),
  });
  const text = await program.said(/^ {2}token .*$/m);
  const http = /is ready: (\S+)/.exec(text)![1]!;
  await use({ http, text });
  program.kill("SIGTERM");
  await program.output();
  // Only now is all of it read.
  return program.err.filter((line) => line.includes("TQQ_TOKEN"));
}

async function status(http: string, token: string): Promise<number> {
  const response = await fetch(`${http}/api/ping`, {
    method: "POST",
    body: "{}",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
    },
  });
  await response.body?.cancel();
  return response.status;
}

async function listOf(folder: string): Promise<string> {
  return (await runMain(["token", "list", `--data=${folder}`])).out.join("\n");
}

Deno.test("TQQ_TOKEN: the text of a stored token replaces nothing, another text replaces the first token and says so", async () => {
  const folder = await Deno.makeTempDir();
  try {
    let first = "";
    let me = "";
    await during(folder, undefined, async ({ http, text }) => {
      first = /^ {2}token {7}(\S{43}) /m.exec(text)![1]!;
      const added = await runMain(["token", "add", "me", `--data=${folder}`]);
      me = added.out[0]!;
      assertEquals(await status(http, me), 200);
    });
    for (const [stored, name] of [[me, "me"], [first, "admin"]] as const) {
      const warnings = await during(folder, stored, async ({ http, text }) => {
        assertEquals([await status(http, first), await status(http, me)], [
          200,
          200,
        ]);
        assertMatch(text, /^ {2}token {7}as before;/m);
        assertMatch(await listOf(folder), /^admin .* holds +all$/m);
        assertMatch(await listOf(folder), /^me .* holds +all$/m);
      });
      assertEquals(warnings.length, 1, warnings.join());
      assertMatch(
        warnings[0]!,
        new RegExp(`replaces nothing grant=${name}$`),
      );
    }
    const own = "a-token-of-my-own-choice";
    const ownWarnings = await during(folder, own, async ({ http, text }) => {
      assertEquals([await status(http, first), await status(http, own)], [
        401,
        200,
      ]);
      assertMatch(
        text,
        /^ {2}token {7}set by TQQ_TOKEN, in place of the token admin;/m,
      );
      assertMatch(
        await listOf(folder),
        /^admin .* replaced by TQQ_TOKEN +all$/m,
      );
    });
    assertEquals(ownWarnings, []);
    await during(folder, undefined, async ({ http }) => {
      assertEquals([await status(http, first), await status(http, own)], [
        200,
        401,
      ]);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
