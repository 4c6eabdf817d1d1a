import { BridgeClient } from "../../mod.ts";
import { assertEquals } from "@std/assert";
import { outerServer, PASSWORD, sleepMs } from "../support/crash_stage.ts";
import { bundleWorker, Workerd } from "./workerd.ts";

const TOKEN = "a-token-of-the-tests";
const EXAMPLE = new URL("../examples/cloudflare/", import.meta.url);

Deno.test("examples: cloudflare/worker.ts logs in and serves events", async () => {
  const text = await Deno.readTextFile(new URL("wrangler.jsonc", EXAMPLE));
  const config = JSON.parse(text.replace(/^\s*\/\/.*$/gm, ""));
  assertEquals(
    [config.durable_objects.bindings, config.migrations],
    [
      [{ name: "BRIDGE", class_name: "Bridge" }],
      [{ tag: "v1", new_sqlite_classes: ["Bridge"] }],
    ],
  );
  const folder = await Deno.makeTempDir();
  const { url, feeder } = await outerServer([config.vars.QQ_UIN], true);
  const script = `${folder}/worker.js`;
  await bundleWorker(new URL(config.main, EXAMPLE), script);
  {
    await using worker = await Workerd.start({
      script,
      folder: `${folder}/objects`,
      port: 0,
      compatibilityDate: config.compatibility_date,
      compatibilityFlags: config.compatibility_flags,
      bindings: {
        ...config.vars,
        QQ_URL: url,
        QQ_PASSWORD: PASSWORD,
        TQQ_TOKEN: TOKEN,
      },
    });
    await using client = new BridgeClient({
      url: `ws://127.0.0.1:${worker.port}/ws`,
      token: TOKEN,
    });
    while ((await client.accounts()).accounts[0]!.state !== "online") {
      await sleepMs(50);
    }
    await feeder.send(config.vars.QQ_UIN, "to the example");
    for await (const frame of client) {
      if (frame.type !== "event" || !("text" in frame.data)) continue;
      assertEquals(frame.data.text, "to the example");
      break;
    }
  }
  await feeder.close();
  await Deno.remove(folder, { recursive: true });
});
