import { exportsTraces } from "../../../bridge/ops/log.ts";
import { assertEquals } from "@std/assert";
import { Program } from "../../support/program.ts";

const CASES: [env: Record<string, string>, traces: boolean][] = [
  [{}, false],
  [{ OTEL_DENO: "false" }, false],
  [{ OTEL_DENO: "true" }, true],
  [{ OTEL_DENO: "1" }, false],
  [{ OTEL_DENO: "true", OTEL_DENO_TRACING: "true" }, true],
  [{ OTEL_DENO: "true", OTEL_DENO_TRACING: "false" }, false],
  [{ OTEL_DENO: "true", OTEL_TRACES_SAMPLER: "always_off" }, false],
  [{ OTEL_DENO: "true", OTEL_SDK_DISABLED: "true" }, false],
];

const REQUEST = `
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  () => new Response(),
);
const url = "http://127.0.0.1:" + server.addr.port + "/?access_token=s3cret";
await (await fetch(url)).text();
await server.shutdown();
`;

for (const [env, traces] of CASES) {
  Deno.test(`tracing: ${JSON.stringify(env)}`, async () => {
    assertEquals(exportsTraces((name) => env[name]), traces);
    // Deno itself, as it is, sees it so.
    const { stdout, stderr } = await Program.deno(["eval", REQUEST], {
      env: { ...env, OTEL_EXPORTER_OTLP_PROTOCOL: "console" },
    }).output();
    assertEquals(`${stdout}${stderr}`.includes("s3cret"), traces);
  });
}
