/** Wrong passwords at the embedded server, in the real program. @module */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { OldClient } from "../../support/old_client.ts";
import { stopwatch } from "../../support/process_figures.ts";
import { Program, serveArgs } from "../../support/program.ts";

const TOKEN = "the-administrators-token";

Deno.test("wrong passwords are delayed, logged once a minute and counted", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder, "--log-level=warn"),
      env: { TQQ_TOKEN: TOKEN },
    });
    const { http, qq } = await program.ready();
    const client = new OldClient(qq!, "10002");
    const from = performance.now();
    for (let n = 0; n < 3; n++) {
      assertStringIncludes(await client.login("wrong"), "&RS=1&");
    }
    assert(performance.now() - from >= 1750);
    const elapsed = stopwatch(program.pid);
    assertStringIncludes(await client.login("demo"), "&RS=0&");
    assert(elapsed() < 250);
    const response = await fetch(`${http}/metrics?access_token=${TOKEN}`);
    assertStringIncludes(
      await response.text(),
      '\ntqq_auth_failures_total{kind="password"} 3\n',
    );
    program.kill("SIGTERM");
    const { code, stderr } = await program.output();
    assertEquals(code, 0);
    const lines = stderr.trim().split("\n").map((line) => JSON.parse(line))
      .filter(({ message }) => message === "wrong password at the QQ server");
    assertEquals(
      lines.map(({ level, address, account }) => [
        level,
        address,
        account,
      ]),
      [["warn", "127.0.0.1", "10002"]],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
