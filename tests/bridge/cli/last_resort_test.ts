/** Errors that nothing catches, in the real program. @module */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { PERMISSIONS, serveArgs } from "../../support/program.ts";

const TOKEN = "the-administrators-token";

const INJECTED: [name: string, source: string][] = [
  ["a rejection", `void Promise.reject(new Error("injected"))`],
  ["a timer that throws", `setTimeout(() => { throw new Error("injected"); })`],
];

for (const [name, source] of INJECTED) {
  Deno.test(`${name} that nothing catches is one line in the log and one in the metrics, and ends nothing`, async () => {
    const folder = await Deno.makeTempDir();
    const script = `${folder}/program.ts`;
    const main = new URL("../../../bridge/main.ts", import.meta.url).href;
    await Deno.writeTextFile(
      script,
      `import { main } from ${JSON.stringify(main)};
import { systemTerminal } from ${
        JSON.stringify(new URL("cli/terminal.ts", main).href)
      };
Deno.exit(await main(Deno.args, {
  ...systemTerminal,
  out(line) {
    systemTerminal.out(line);
    ${source};
  },
}));
`,
    );
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--config",
        new URL("../../../deno.json", import.meta.url).pathname,
        ...PERMISSIONS,
        script,
        ...serveArgs(`${folder}/data`, "--log-level=error"),
      ],
      env: { TQQ_TOKEN: TOKEN },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    try {
      const stderr = new Response(child.stderr).text();
      let http: string | undefined;
      for await (
        const text of child.stdout.pipeThrough(new TextDecoderStream())
      ) {
        http = /"http":"([^"]+)"/.exec(text)?.[1];
        if (http !== undefined) break;
      }
      // The error comes before what is asked now.
      const response = await fetch(`${http}/metrics?access_token=${TOKEN}`);
      const text = await response.text();
      assertStringIncludes(text, "\ntqq_unhandled_errors_total 1\n");
      child.kill("SIGTERM");
      assertEquals((await child.status).code, 0);
      const lines = (await stderr).trim().split("\n");
      assertEquals(lines.length, 1, lines.join("\n"));
      const { message, error } = JSON.parse(lines[0]!);
      assertEquals(message, "unhandled error");
      assertStringIncludes(error, "injected");
    } finally {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.status;
      await Deno.remove(folder, { recursive: true });
    }
  });
}
