import { assertEquals, assertStringIncludes } from "@std/assert";
import { Program, serveArgs } from "../../support/program.ts";
import { runMain } from "../../support/run_main.ts";

/** Answers of `/readyz`, the exit code and the lines of each. */
const ANSWERS: readonly [
  status: number,
  body: string,
  code: number,
  lines: string[],
][] = [
  [200, '{"status":"ready","reasons":[]}', 0, ["ready"]],
  [
    503,
    '{"reasons":[{"reason":"account_not_online","count":2},{"reason":"journal_not_writable","count":1,"message":"disk full"}]}',
    1,
    [
      "not ready: account_not_online (2)",
      "not ready: journal_not_writable (1): disk full",
    ],
  ],
  [503, "<html>", 1, ["not ready: status 503"]],
  [302, "", 1, ["not ready: status 302"]],
];

Deno.test("ready: prints why the bridge is not ready, and exits with 1", async () => {
  let next = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url }) => {
      assertEquals(new URL(url).pathname, "/tqq/readyz");
      const [status, body] = ANSWERS[next++]!;
      return new Response(body, { status });
    },
  );
  try {
    const url = `http://127.0.0.1:${server.addr.port}/tqq/ws`;
    for (const [, , code, lines] of ANSWERS) {
      assertEquals(await runMain(["ready", "--url", url]), {
        code,
        out: lines,
        err: [],
      });
    }
  } finally {
    await server.shutdown();
  }
});

Deno.test("ready: asks the program on the data folder, and reports one that has ended", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({ args: serveArgs(folder) });
    const { http } = await program.ready();
    let output = await runMain(["ready", "--data", folder]);
    while (output.code !== 0) {
      output = await runMain(["ready", "--data", folder]);
    }
    assertEquals(output, { code: 0, out: ["ready"], err: [] });
    program.kill("SIGTERM");
    await program.end();
    const { code, err } = await runMain(["ready", "--url", http!]);
    assertEquals(code, 1);
    assertStringIncludes(err[0]!, "Cannot reach ");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
