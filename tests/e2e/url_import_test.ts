import { addDemo, createServer } from "../../lib/server/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";

const root = new URL("../../", import.meta.url);

/** Runs a script with the modules of a server, and a cache of its own. */
function runScript(script: string, folder: string) {
  return Program.deno([
    "run",
    "--no-config",
    "--no-lock",
    "--check",
    "--allow-net=127.0.0.1",
    "--allow-import=127.0.0.1",
    script,
  ], { cwd: folder, env: { DENO_DIR: `${folder}/cache` } }).output();
}

/** Serves the project's modules as any file server would. */
function serveModules(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      try {
        const text = await Deno.readTextFile(new URL(`.${pathname}`, root));
        return new Response(text, {
          headers: { "Content-Type": "application/typescript" },
        });
      } catch {
        return new Response("not found", { status: 404 });
      }
    },
  );
}

Deno.test("mod.ts: a script in an empty folder imports it by URL, logs in and sends", async () => {
  const server = createServer();
  await addDemo(server);
  const qq = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    server.fetch,
  );
  const modules = serveModules();
  const folder = await Deno.makeTempDir();
  try {
    const script = `${folder}/send.ts`;
    await Deno.writeTextFile(
      script,
      `import { QqClient } from "http://127.0.0.1:${modules.addr.port}/mod.ts";
await using qq = new QqClient({
  uin: "10001",
  password: "demo",
  endpoint: "http://127.0.0.1:${qq.addr.port}/",
});
await qq.login();
await qq.send("10000", "你好, from a URL");
for await (const item of qq.mail()) {
  if (item.type === "message") {
    console.log(item.from, item.text);
    break;
  }
}
`,
    );
    const { code, stdout, stderr } = await runScript(script, folder);
    assertEquals(code, 0, stderr);
    assertEquals(stdout, "10000 你好, from a URL\n");
  } finally {
    await modules.shutdown();
    await server.close();
    await qq.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});

const TOKEN = "the-administrators-token";

Deno.test("mod.ts: a script imports it from its bridge, which prints only the ready line on standard output", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(`${folder}/data`, "--qq-send-gap-ms=0"),
      env: { TQQ_TOKEN: TOKEN },
    });
    const { http, qq } = await program.ready();
    const script = `${folder}/script.ts`;
    await Deno.writeTextFile(
      script,
      `import { BridgeClient } from "${http}/mod.ts";
await using bridge = new BridgeClient({
  url: "${http!.replace("http", "ws")}/ws",
  token: "${TOKEN}",
  events: ["message"],
});
while (!(await bridge.accounts()).accounts.every(({ state }) => state === "online")) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
const sent = bridge.send("10001", "10000", "from its own bridge");
for await (const frame of bridge) {
  if (frame.type !== "event" || frame.event !== "message") continue;
  console.log(frame.data.from, frame.data.text);
  break;
}
await sent;
`,
    );
    const { stdout, stderr } = await runScript(script, folder);
    assertEquals(stdout, "10000 from its own bridge\n", stderr);
    program.kill("SIGTERM");
    const ended = await program.output();
    assert(http !== undefined && qq !== undefined);
    assertEquals(
      [ended.code, ended.stdout],
      [0, `${JSON.stringify({ event: "ready", http, qq, qqListen: [qq] })}\n`],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
