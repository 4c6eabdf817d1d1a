import { assertEquals } from "@std/assert";
import { Program } from "../support/program.ts";

const MODULE = new URL("../../mod.ts", import.meta.url);
const SERVER = new URL("../../lib/server/mod.ts", import.meta.url);
const EDGE = new URL("../../bridge/mod.ts", import.meta.url);

/** Programs without any permission, and how what each prints begins. */
const PROGRAMS: readonly [name: string, source: string, message: string][] = [
  [
    "codec: needs no permission",
    `import { encodeCommand, md5Hex } from "${MODULE}";
    console.log(md5Hex("abc"), encodeCommand({ cmd: "Logout", seq: "1", uin: "10001" }));`,
    "900150983cd24fb0d6963f7d28e17f72 VER=1.1&CMD=Logout&SEQ=1&UIN=10001",
  ],
  [
    "createServer().fetch: needs no permission",
    `import { addDemo, createServer } from "${SERVER}";
    const server = createServer();
    await addDemo(server);
    const body = "VER=1.1&CMD=Logout&SEQ=1&UIN=10001";
    console.log(await (await server.fetch(new Request("http://qq/", { method: "POST", body }))).text());`,
    "VER=1.1&CMD=LOGOUT&SEQ=1&UIN=10001&RES=0",
  ],
  [
    "edge bridge over createServer().answer: needs no permission",
    `import { addDemo, createServer } from "${SERVER}";
    import { createBridge } from "${EDGE}";
    const server = createServer();
    await addDemo(server);
    const bridge = createBridge({
      accounts: [{ uin: "10001", password: "demo" }],
      endpoint: server.answer,
      token: "s3cret-token-of-the-edge",
    });
    await bridge.start();
    const headers = { authorization: "Bearer s3cret-token-of-the-edge" };
    for (;;) {
      const reply = await bridge.fetch(new Request("http://127.0.0.1/readyz", { headers }));
      await reply.body?.cancel();
      if (reply.ok) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    console.log("ready");
    await bridge.stop();
    await server.close();`,
    "ready",
  ],
  [
    "BridgeClient: ends at once with the reason where the network is not permitted",
    `import { BridgeClient } from "${MODULE}";
    const bridge = new BridgeClient({ url: "ws://127.0.0.1:65432/ws", token: "s3cret-token" });
    const command = bridge.ping().catch((error) => error.message);
    try { for await (const _ of bridge); } catch { console.log(await command); }`,
    "Cannot do ping: Cannot connect to the bridge: this program may not reach 127.0.0.1:65432; run it with --allow-net=127.0.0.1:65432",
  ],
  [
    "QqClient: ends at once with the reason where the network is not permitted",
    `import { QqClient } from "${MODULE}";
    const qq = new QqClient({ uin: "10001", password: "s3cret-token", endpoint: "http://127.0.0.1:65432/" });
    try { for await (const _ of qq.mail()); } catch (error) { console.log(error.message); }`,
    "Cannot do Login: Cannot reach the server: this program may not reach 127.0.0.1:65432; run it with --allow-net=127.0.0.1:65432",
  ],
];

for (const [name, source, message] of PROGRAMS) {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/program.ts`, source);
      const { code, stdout, stderr } = await Program.deno(
        ["run", "--no-prompt", "--no-check", `${folder}/program.ts`],
      ).output();
      assertEquals([code, stdout.slice(0, message.length)], [
        0,
        message,
      ], stderr);
      assertEquals(`${stdout}${stderr}`.includes("s3cret-token"), false);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
