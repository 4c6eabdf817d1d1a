import { assertEquals } from "@std/assert";
import { DEMO_TOKEN, DemoBridge } from "../support/demo_bridge.ts";

const MOD = new URL("../../mod.ts", import.meta.url).href;

const ENTRY = `
import { BridgeClient, md5Hex } from ${JSON.stringify(MOD)};
const bridge = new BridgeClient({
  url: globalThis.process.env.TQQ_URL,
  token: globalThis.process.env.TQQ_TOKEN,
});
await bridge.accounts();
const sent = bridge.send("10001", "10000", "from a bundle");
for await (const frame of bridge) {
  if (frame.type !== "event" || frame.event !== "message") continue;
  console.log(md5Hex("abc"), frame.data.text);
  break;
}
await sent;
await bridge.close();
`;

/** Runs a program; returns its standard output. Throws with its standard error if it fails. */
async function run(program: string, args: string[], env = {}): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(program, {
    args,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(text(stderr));
  return text(stdout);
}

const major = await run("node", ["--version"]).then(
  (version) => Number(/^v(\d+)/.exec(version)?.[1]),
  () => 0,
);

Deno.test({
  name: "bundle: BridgeClient in one file runs in Node",
  ignore: major < 20,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const [entry, bundle] = [`${folder}/entry.ts`, `${folder}/bundle.mjs`];
      await Deno.writeTextFile(entry, ENTRY);
      const options = ["--no-lock", "--no-config", `--output=${bundle}`];
      await run(Deno.execPath(), ["bundle", ...options, entry]);
      await using demo = await DemoBridge.start();
      const printed = await run("node", [
        // Node 20 has a WebSocket only with a flag.
        ...(major < 22 ? ["--experimental-websocket"] : []),
        bundle,
      ], { TQQ_URL: demo.ws, TQQ_TOKEN: DEMO_TOKEN });
      assertEquals(printed, "900150983cd24fb0d6963f7d28e17f72 from a bundle\n");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
