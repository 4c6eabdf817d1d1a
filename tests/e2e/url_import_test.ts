import { addDemo, createServer } from "../../lib/server/mod.ts";
import { assertEquals } from "../deps.ts";

const root = new URL("../../", import.meta.url);

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

Deno.test("mod.ts imported by URL, by a script in an empty folder, logs in and sends", async () => {
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
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-config",
        "--no-lock",
        "--check",
        "--allow-net=127.0.0.1",
        "--allow-import=127.0.0.1",
        script,
      ],
      cwd: folder,
      env: { NO_COLOR: "1", DENO_DIR: `${folder}/cache` },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assertEquals(code, 0, text(stderr));
    assertEquals(text(stdout), "10000 你好, from a URL\n");
  } finally {
    await modules.shutdown();
    await server.close();
    await qq.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});
