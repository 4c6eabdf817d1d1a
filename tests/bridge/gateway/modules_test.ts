import { assertEquals } from "@std/assert";
import { FakeApp } from "../../support/fake_app.ts";
import { Program } from "../../support/program.ts";

Deno.test("modules: no path but /mod.js is JavaScript", async () => {
  const app = new FakeApp();
  for (
    const path of [
      "/lib/mod.js",
      "/lib/md5.js",
      "/lib/none.js",
      "/bridge/deps.js",
      "/lib/md5.cjs",
    ]
  ) {
    const response = await app.ask(path);
    assertEquals(response.status, 404, path);
    await response.body?.cancel();
  }
});

const SCRIPT = `
const { BridgeClient, decodeReply, md5Hex } = await import(Deno.args[0]);
console.log(
  md5Hex("abc"),
  decodeReply("VER=1.1&CMD=Logout&SEQ=1&UIN=10001&RES=0").cmd,
  new BridgeClient({ url: Deno.args[0], token: "t" }).status.state,
);
`;

Deno.test("modules: /mod.js runs as it is served, and is all that is fetched", async () => {
  const app = new FakeApp();
  const paths: string[] = [];
  const served = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const { pathname } = new URL(request.url);
      paths.push(pathname);
      return app.ask(pathname);
    },
  );
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/script.js`, SCRIPT);
    const { stdout, stderr } = await Program.deno([
      "run",
      "--no-config",
      "--no-lock",
      "--allow-import=127.0.0.1",
      `${folder}/script.js`,
      `http://127.0.0.1:${served.addr.port}/mod.js`,
    ], { env: { DENO_DIR: `${folder}/cache` } }).output();
    assertEquals(
      stdout,
      "900150983cd24fb0d6963f7d28e17f72 Logout idle\n",
      stderr,
    );
    assertEquals(paths, ["/mod.js"]);
  } finally {
    await served.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});
