import { assertEquals } from "@std/assert";
import { Program } from "../support/program.ts";

const MODULE = new URL("../../mod.ts", import.meta.url);

/** Programs without the network permission, and how the error of each begins. */
const PROGRAMS: readonly [name: string, source: string, message: string][] = [
  [
    "BridgeClient",
    `import { BridgeClient } from "${MODULE}";
    const bridge = new BridgeClient({ url: "ws://127.0.0.1:65432/ws", token: "s3cret-token" });
    const command = bridge.ping().catch((error) => error.message);
    try { for await (const _ of bridge); } catch { console.log(await command); }`,
    "Cannot do ping: Cannot connect to the bridge: this program may not reach 127.0.0.1:65432; run it with --allow-net=127.0.0.1:65432",
  ],
  [
    "QqClient",
    `import { QqClient } from "${MODULE}";
    const qq = new QqClient({ uin: "10001", password: "s3cret-token", endpoint: "http://127.0.0.1:65432/" });
    try { for await (const _ of qq.mail()); } catch (error) { console.log(error.message); }`,
    "Cannot do Login: Cannot reach the server: this program may not reach 127.0.0.1:65432; run it with --allow-net=127.0.0.1:65432",
  ],
];

for (const [name, source, message] of PROGRAMS) {
  Deno.test(`${name}: ends at once with the reason where the network is not permitted`, async () => {
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
